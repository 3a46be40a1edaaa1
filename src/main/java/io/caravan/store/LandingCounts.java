package io.caravan.store;

/** What became of the resources of a page; each counts once, however often the page holds it. */
public record LandingCounts(int seen, int created, int changed) {

    public static final LandingCounts NONE = new LandingCounts(0, 0, 0);

    public int unchanged() {
        return seen - created - changed;
    }

    public LandingCounts plus(LandingCounts other) {
        return new LandingCounts(seen + other.seen, created + other.created, changed + other.changed);
    }
}
