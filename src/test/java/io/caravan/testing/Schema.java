package io.caravan.testing;

import java.util.Map;
import org.flywaydb.core.Flyway;

/** Caravan's tables in a {@link TestDatabase}. */
final class Schema {

    private Schema() {}

    /** Runs every migration as the owner, with the grants that the application's role has in production. */
    static void migrate(TestDatabase database) {
        Flyway.configure()
                .dataSource(database.asOwner())
                .placeholders(Map.of("app_role", database.appUser()))
                .load()
                .migrate();
    }
}
