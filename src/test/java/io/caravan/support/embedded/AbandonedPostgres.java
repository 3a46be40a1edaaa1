package io.caravan.support.embedded;

import java.nio.file.Path;
import java.sql.DriverManager;

/** A Caravan that starts its PostgreSQL, writes a row, says so and waits to be killed. */
final class AbandonedPostgres {

    static final String READY = "a row is written";

    private AbandonedPostgres() {}

    public static void main(String[] args) throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(args[0]), Path.of(args[1]));
        try (var owner = DriverManager.getConnection(
                        postgres.url(), "caravan_owner", postgres.passwords().owner());
                var statement = owner.createStatement()) {
            statement.execute("CREATE TABLE note (text text)");
            statement.execute("INSERT INTO note VALUES ('written before the kill')");
        }
        System.out.println(READY);
        System.in.read();
    }
}
