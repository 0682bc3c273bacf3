import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StackError } from '../../../tools/stack/errors';
import { identity } from '../../../tools/stack/identity';
import { lockFolder } from '../../../tools/stack/lock';

let folder: string;
let other: ChildProcess;
let otherPid: number;

beforeAll(async () => {
  other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(other, 'spawn');
  otherPid = other.pid as number;
});

afterAll(async () => {
  if (other.exitCode === null && other.signalCode === null) {
    other.kill('SIGKILL');
    await once(other, 'exit');
  }
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the lock of a folder', () => {
  it('refuses a second run of the same process and lets it in after the first', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(StackError);
    expect(() => lockFolder(folder)).toThrow(`já está em uso pelo processo ${process.pid}.`);
    unlock();
    lockFolder(folder)();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  it('names the process that holds it', () => {
    writeFileSync(join(folder, 'lock'), `${otherPid}\n${identity(otherPid)}\n`);
    expect(() => lockFolder(folder)).toThrow(`já está em uso pelo processo ${otherPid}.`);
  });

  it('is taken over from a process whose number another one has now', () => {
    writeFileSync(join(folder, 'lock'), `${otherPid}\n${identity(process.pid)}\n`);
    lockFolder(folder)();
  });

  it('is taken over when it was left half-written', () => {
    writeFileSync(join(folder, 'lock'), '');
    lockFolder(folder)();
  });

  it('is taken over from a run that was killed', async () => {
    writeFileSync(join(folder, 'lock'), `${otherPid}\n${identity(otherPid)}\n`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    lockFolder(folder)();
  });
});
