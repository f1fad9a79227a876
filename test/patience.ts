// How long anything in a test may take: a fuse against what never ends, and no measure of speed. Machines that many share
// can be twenty times as slow for minutes.

/** For a test, and for what runs before and after it. */
export const TEST_MS_MAX = 300_000;
/** For one process, and for whatever a test waits for: earlier than the test, so that what never ended is named. */
export const PATIENCE_MS = 240_000;
