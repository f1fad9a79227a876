// The codes of the errors for what could not be asked. A file of its own: the command line needs the words before it needs anything
// of the live engine.

/** Of the UserError for a service that does not answer, or answers that it cannot now. */
export const BOOKS_UNREACHABLE = 'books-unreachable';
/** Of the UserError for a database that cannot be connected to. */
export const STORE_UNREACHABLE = 'store-unreachable';
/** Of the UserError for a store that was asked and failed; it may be well again, or damaged. */
export const STORE_FAILED = 'store-failed';
/** Of the UserError for a file that another process holds. */
export const STORE_BUSY = 'store-busy';
