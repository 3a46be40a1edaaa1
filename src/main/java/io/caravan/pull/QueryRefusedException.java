package io.caravan.pull;

/** A source refused a search for something that can be left out. */
class QueryRefusedException extends RuntimeException {

    private final transient SimplerQuery simpler;

    QueryRefusedException(SimplerQuery simpler) {
        super("The source refused what the query says besides the patient.");
        this.simpler = simpler;
    }

    SimplerQuery simpler() {
        return simpler;
    }
}
