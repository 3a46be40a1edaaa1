package io.caravan.connection;

import io.caravan.support.SqlFiles;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The records that a connection sees, when it comes and goes; steps of the caller's transaction. */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class SeenRecords {

    private static final String HOLD = SqlFiles.load("connection/hold-records");
    private static final String WITHHOLD = SqlFiles.load("connection/withhold-records");
    private static final String RETURN = SqlFiles.load("connection/return-records");

    private final JdbcClient jdbc;

    SeenRecords(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The next statement sees whatever others did to these records, and nobody does more until the end. */
    public void hold(String orgId, String connectionId) {
        jdbc.sql(HOLD)
                .param("orgId", orgId)
                .param("connectionId", connectionId)
                .query(Long.class)
                .single();
    }

    /** The connection sees nothing any more: what no other one sees, and is held, is left out of new backfills. */
    public void withhold(String orgId, String connectionId) {
        jdbc.sql(WITHHOLD)
                .param("orgId", orgId)
                .param("connectionId", connectionId)
                .update();
    }

    /** The connection sees again what it saw: what was withheld is a change. */
    void giveBack(String orgId, String connectionId) {
        hold(orgId, connectionId);
        jdbc.sql(RETURN)
                .param("orgId", orgId)
                .param("connectionId", connectionId)
                .update();
    }
}
