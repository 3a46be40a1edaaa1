package io.caravan.fault;

import java.util.Optional;

/** Named points of the work of a node, as rows show them. {@code :node} is how the name of the node begins. */
enum Moment {
    AT_RANDOM(null),
    PLANNING_A_PULL("SELECT 1 FROM pull WHERE status = 'running' AND planned_at IS NULL AND node LIKE :node"),
    LANDING_PAGES("SELECT 1 FROM pull_task WHERE status = 'running' AND kind = 'search' AND node LIKE :node"),
    SETTLING_A_PULL("SELECT 1 FROM pull WHERE status = 'running' AND planned_at IS NOT NULL"
            + " AND lease_until > clock_timestamp() AND node LIKE :node AND NOT EXISTS (SELECT 1 FROM pull_task t"
            + " WHERE t.pull_id = pull.id AND t.status IN ('pending', 'running'))"),
    PLANNING_A_RUN("SELECT 1 FROM export_run WHERE status = 'running' AND planned_at IS NULL AND node LIKE :node"),
    DELIVERING("SELECT 1 FROM export_item WHERE status = 'running' AND kind <> 'manifest' AND node LIKE :node"),
    HALF_A_RUN_DELIVERED("SELECT 1 FROM export_item i WHERE i.status = 'running' AND i.node LIKE :node"
            + " AND EXISTS (SELECT 1 FROM export_item d WHERE d.run_id = i.run_id AND d.status = 'delivered')"),
    WRITING_THE_MANIFEST(
            "SELECT 1 FROM export_item WHERE status = 'running' AND kind = 'manifest' AND node LIKE :node"),
    SETTLING_A_RUN("SELECT 1 FROM export_run WHERE status = 'running' AND planned_at IS NOT NULL"
            + " AND lease_until > clock_timestamp() AND node LIKE :node AND NOT EXISTS (SELECT 1 FROM export_item i"
            + " WHERE i.run_id = export_run.id AND i.status IN ('pending', 'running'))");

    private final String sql;

    Moment(String sql) {
        this.sql = sql;
    }

    /** Empty where any moment will do. */
    Optional<String> sql() {
        return Optional.ofNullable(sql);
    }
}
