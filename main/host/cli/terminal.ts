/** Where a command's words go: people on the terminal, or a test. */
export interface Terminal {
  say(text: string): void;
  complain(text: string): void;
}

export const terminal: Terminal = {
  say: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
};
