package io.caravan.pull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.caravan.run.ClaimedTask;
import io.caravan.source.profile.ProfileFiles;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.store.AttachmentLink;
import io.caravan.store.Content;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.Records;
import io.caravan.store.ReferenceTarget;
import io.caravan.testing.Flow;
import io.caravan.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;

/** What a pull writes down, on a real database, without a source: a planned pull whose tasks the test makes. */
abstract class LedgerCase {

    @EnableTransactionManagement(proxyTargetClass = true)
    static class Transactions {}

    private final AnnotationConfigApplicationContext spring = new AnnotationConfigApplicationContext();
    private TestDatabase database;
    private HikariDataSource app;
    Flow flow;
    PullLedger ledger;
    String pull;

    @BeforeEach
    void prepare() {
        database = TestDatabase.migrated();
        app = database.pooled();
        flow = Flow.create(app);
        register(spring, app);
        spring.refresh();
        ledger = spring.getBean(PullLedger.class);
        pull = newPull();
    }

    /** The ledgers of pulls, with transactions on this database. */
    static void register(AnnotationConfigApplicationContext spring, DataSource app) {
        spring.registerBean(JdbcClient.class, () -> JdbcClient.create(app));
        spring.registerBean(TransactionManager.class, () -> new JdbcTransactionManager(app));
        spring.registerBean(ObjectMapper.class);
        spring.registerBean(SourceProfiles.class, ProfileFiles::builtIn);
        spring.registerBean(PullLimits.class, () -> new PullLimits(10, 20, 10, 3));
        spring.register(
                Transactions.class,
                Records.class,
                References.class,
                Attachments.class,
                Walks.class,
                Nominees.class,
                PullLedger.class,
                PlanLedger.class);
    }

    @AfterEach
    void end() {
        spring.close();
        app.close();
        database.drop();
    }

    Records records() {
        return spring.getBean(Records.class);
    }

    TransactionTemplate transactions() {
        return new TransactionTemplate(spring.getBean(PlatformTransactionManager.class));
    }

    /** A pull of the flow's connection that is planned, without tasks yet. */
    String newPull() {
        String id = flow.requestPull(flow.connection());
        flow.markPlanned(Flow.mine(flow.claimPulls(50), id));
        return id;
    }

    /** A task in hand. */
    ClaimedTask task(String kind, int phase, String type, boolean fullWalk) {
        String id = flow.newTask(pull, flow.source(), Math.min(phase, 2));
        flow.jdbc()
                .sql("UPDATE pull_task SET kind = ?, phase = ?, resource_type = ?, full_walk = ? WHERE id = ?")
                .params(kind, phase, type, fullWalk, id)
                .update();
        return Flow.mine(flow.claimTasks(50, 50), id);
    }

    ClaimedTask walk(String type) {
        return task("search", 1, type, true);
    }

    /** The only page of a walk: it shows these resources and ends. */
    void show(ClaimedTask walk, CutResource... shown) {
        ledger.land(PullTask.of(walk), PullTask.of(walk).finished(), batch(shown), List.of(shown), List.of());
    }

    LandingBatch batch(CutResource... resources) {
        return new LandingBatch(
                flow.org(), flow.source(), flow.connection(), pull, Optional.of("p"), List.of(resources));
    }

    static CutResource resource(String type, String id) {
        return resource(type, id, "1", List.of(), List.of(), List.of());
    }

    static CutResource[] resources(String type, String... ids) {
        return Arrays.stream(ids).map(id -> resource(type, id)).toArray(CutResource[]::new);
    }

    static CutResource resource(
            String type,
            String id,
            String version,
            List<ReferenceTarget> references,
            List<ReferenceTarget> results,
            List<AttachmentLink> attachments) {
        return new CutResource(
                type,
                "main-" + id,
                id,
                Optional.empty(),
                false,
                List.of("p"),
                references,
                results,
                attachments,
                Content.of("{\"resourceType\":\"%s\",\"id\":\"main-%s\",\"v\":\"%s\"}"
                        .formatted(type, id, version)
                        .getBytes(StandardCharsets.UTF_8)));
    }

    static PullTask page(ClaimedTask claim, String next) {
        return new PullTask(claim, next, true, 1, false);
    }
}
