package io.caravan.leave;

import io.caravan.support.SqlFiles;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The end of tombstones that an erasure left. */
@Component
class TombstoneLedger {

    private static final String LIST = SqlFiles.load("leave/list-erased");
    private static final String LOCK = SqlFiles.load("leave/lock-destinations");
    private static final String PURGE = SqlFiles.load("leave/purge-tombstones");
    private static final String NARROW_ITEMS = SqlFiles.load("leave/narrow-items");
    private static final String NARROW_ENTRIES = SqlFiles.load("leave/narrow-entries");

    private final JdbcClient jdbc;

    TombstoneLedger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<String> organizations() {
        return jdbc.sql(LIST).query(String.class).list();
    }

    /**
     * Removes the tombstones that nobody needs any more, and their keys from the bounds of what was delivered; how many.
     * The destinations are locked first: a run that took its window in between could have planned them.
     */
    @Transactional
    public int purge(String orgId) {
        jdbc.sql(LOCK).param("orgId", orgId).query(Long.class).single();
        int gone = jdbc.sql(PURGE).param("orgId", orgId).query(Integer.class).single();
        if (gone > 0) {
            jdbc.sql(NARROW_ITEMS).param("orgId", orgId).update();
            jdbc.sql(NARROW_ENTRIES).param("orgId", orgId).update();
        }
        return gone;
    }
}
