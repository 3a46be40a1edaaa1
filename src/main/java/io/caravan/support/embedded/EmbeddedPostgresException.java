package io.caravan.support.embedded;

/** The embedded PostgreSQL cannot be used; says why, and what the person starting Caravan can do about it. */
final class EmbeddedPostgresException extends RuntimeException {

    private static final String ANOTHER_SERVER =
            "Set SPRING_DATASOURCE_URL (spring.datasource.url) to a PostgreSQL of your own.";

    private final String action;

    EmbeddedPostgresException(String message, String action) {
        super(message);
        this.action = action;
    }

    EmbeddedPostgresException(String message, Throwable cause) {
        super(message, cause);
        this.action = "See the cause below. " + ANOTHER_SERVER;
    }

    static EmbeddedPostgresException refused() {
        return new EmbeddedPostgresException(
                "No database is configured, and caravan.embedded-postgres.refuse=true forbids the embedded one.",
                "Set SPRING_DATASOURCE_URL, SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD. To try Caravan"
                        + " out with the embedded PostgreSQL instead, set CARAVAN_EMBEDDED_POSTGRES_REFUSE=false.");
    }

    static EmbeddedPostgresException noBinaries(String system, String architecture) {
        return new EmbeddedPostgresException(
                "There is no embedded PostgreSQL for %s on %s in this build.".formatted(system, architecture),
                ANOTHER_SERVER);
    }

    String action() {
        return action;
    }
}
