package io.caravan.destination;

/** A directory or a file in it cannot be used, and what that means. */
public final class FileFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Meaning meaning;
    private final String advice;

    FileFailure(Meaning meaning, String advice) {
        super(meaning.words());
        this.meaning = meaning;
        this.advice = advice;
    }

    Meaning meaning() {
        return meaning;
    }

    String advice() {
        return advice;
    }
}
