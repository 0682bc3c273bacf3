// Prints its arguments and ends with the first as its code; without one it stays until SIGTERM.
const [code, ...others] = process.argv.slice(2);
console.log(JSON.stringify(others));
if (code !== undefined) process.exitCode = Number(code);
else {
  setInterval(() => {}, 1_000);
  process.once('SIGTERM', () => process.exit(5));
}
