// The code of the error for books that could not be asked for. A file of its own: the command line needs the word before it
// needs anything of the live engine.

/** Of the UserError for a service that does not answer, or answers that it cannot now. */
export const BOOKS_UNREACHABLE = 'books-unreachable';
