/** Where a command's words go, a line or more at a time. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
}
