/**
 * Something that the person who started the program can put right: a taken port, a folder in use, a wrong option. It is shown
 * as its message alone, in one line, and the program ends with code 1. Everything else is a bug and keeps its stack.
 */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
