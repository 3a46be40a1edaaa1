package io.caravan.run;

/** What a node holds for a while: a row of one of the work tables at the epoch of its claim. */
public interface Lease {

    String orgId();

    String id();

    /** Raised by each claim; every write to the row says {@code WHERE epoch = …}. */
    int epoch();

    /** Which table the row is in, and so which slots it takes. */
    Work work();

    /** What this claim is known by where something is kept for it; another claim of the same row is another one. */
    default String holder() {
        return id() + "/" + epoch();
    }

    /** The four kinds of work in PostgreSQL (architecture.md § 3). */
    enum Work {
        PULL,
        TASK,
        RUN,
        ITEM
    }
}
