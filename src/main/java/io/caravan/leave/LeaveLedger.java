package io.caravan.leave;

import io.caravan.connection.SeenRecords;
import io.caravan.support.CaravanException;
import io.caravan.support.SqlFiles;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * What is written down when a patient leaves; each public method is one transaction. Locks are taken in the order of a
 * page that lands: the connection before its records.
 */
@Component
class LeaveLedger {

    private static final String LOCK = SqlFiles.load("leave/lock-connection");
    private static final String STOP_PULLS = SqlFiles.load("leave/stop-pulls");
    private static final String STOP_TASKS = SqlFiles.load("leave/stop-tasks");
    private static final String END = SqlFiles.load("leave/end-connection");

    private final JdbcClient jdbc;
    private final SeenRecords seen;

    LeaveLedger(JdbcClient jdbc, SeenRecords seen) {
        this.jdbc = jdbc;
        this.seen = seen;
    }

    /** Once it has returned, nothing lands for the connection any more, on whichever node a pull of it was under way. */
    @Transactional
    public void disconnect(String orgId, String connectionId) {
        of(LOCK, orgId, connectionId)
                .query(String.class)
                .optional()
                .orElseThrow(() -> CaravanException.notFound("connection", connectionId));
        of(STOP_PULLS, orgId, connectionId).update();
        of(STOP_TASKS, orgId, connectionId).update();
        of(END, orgId, connectionId).update();
        seen.withhold(orgId, connectionId);
    }

    private JdbcClient.StatementSpec of(String statement, String orgId, String connectionId) {
        return jdbc.sql(statement).param("orgId", orgId).param("connectionId", connectionId);
    }
}
