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
    private static final String NOTE = SqlFiles.load("leave/note-erasure");
    private static final String ERASE = SqlFiles.load("leave/erase-records");
    private static final String FORGET_PATIENT = SqlFiles.load("leave/forget-patient");
    private static final String FORGET_SIGHTINGS = SqlFiles.load("leave/forget-sightings");
    private static final String FORGET_PULLS = SqlFiles.load("leave/forget-pulls");
    private static final String FORGET_ANSWERS = SqlFiles.load("leave/forget-answers");
    private static final String BLANK = SqlFiles.load("leave/blank-connection");
    private static final String QUEUE = SqlFiles.load("leave/queue-runs");

    private final JdbcClient jdbc;
    private final SeenRecords seen;

    LeaveLedger(JdbcClient jdbc, SeenRecords seen) {
        this.jdbc = jdbc;
        this.seen = seen;
    }

    /** Once it has returned, nothing lands for the connection any more, on whichever node a pull of it was under way. */
    @Transactional
    public void disconnect(String orgId, String connectionId) {
        end(orgId, connectionId);
        seen.hold(orgId, connectionId);
        seen.withhold(orgId, connectionId);
    }

    /**
     * Disconnects, blanks what no other connection sees, forgets whose it was, and queues the runs that deliver the
     * deletion. Of a connection that was erased before nothing changes.
     */
    @Transactional
    public void erase(Leaver leaver) {
        String orgId = leaver.orgId();
        String connectionId = leaver.connectionId();
        end(orgId, connectionId);
        if (of(NOTE, orgId, connectionId).update() == 0) {
            return;
        }
        seen.hold(orgId, connectionId);
        of(ERASE, orgId, connectionId).update();
        of(FORGET_PATIENT, orgId, connectionId)
                .param("sourceId", leaver.sourceId())
                .param("patientId", leaver.patientId())
                .update();
        of(FORGET_SIGHTINGS, orgId, connectionId).update();
        of(FORGET_PULLS, orgId, connectionId).update();
        of(FORGET_ANSWERS, orgId, connectionId).update();
        of(BLANK, orgId, connectionId).update();
        jdbc.sql(QUEUE).param("orgId", orgId).update();
    }

    private void end(String orgId, String connectionId) {
        of(LOCK, orgId, connectionId)
                .query(String.class)
                .optional()
                .orElseThrow(() -> CaravanException.notFound("connection", connectionId));
        of(STOP_PULLS, orgId, connectionId).update();
        of(STOP_TASKS, orgId, connectionId).update();
        of(END, orgId, connectionId).update();
    }

    private JdbcClient.StatementSpec of(String statement, String orgId, String connectionId) {
        return jdbc.sql(statement).param("orgId", orgId).param("connectionId", connectionId);
    }
}
