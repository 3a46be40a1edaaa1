package io.caravan.pull;

/** How a walk goes on after a page has landed. */
enum Landed {
    /** To the next page, with leave to ask for it. */
    GOES_ON,
    /** Later: the source cannot be asked now. The task waits and is claimed again. */
    RESTS,
    /** Not at all: there is no next page. */
    ENDED,
    /** Not at all: the next page is one that was read before. */
    LOOPS
}
