package io.caravan.scenario;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.testing.Flow;
import io.caravan.testing.TestDatabase;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A migrated database of its own for each test, and a flow to walk in it. */
public abstract class FlowCase {

    private HikariDataSource pool;
    protected TestDatabase database;
    protected Flow flow;

    @BeforeEach
    void openDatabase() {
        database = TestDatabase.migrated();
        pool = database.pooled();
        flow = Flow.create(pool);
    }

    @AfterEach
    void closeDatabase() {
        pool.close();
        database.drop();
    }

    /** Lands so many new Observations. */
    protected void land(String version, int records) {
        flow.land(version, names(records));
    }

    protected static List<String> names(int records) {
        return IntStream.range(0, records).mapToObj("o%04d"::formatted).toList();
    }
}
