package io.caravan.destination.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a client is opened, and when it is closed: never under who uses it, never twice. */
class ClientUsesTest {

    private Instant now = Instant.parse("2025-01-01T00:00:00Z");
    private final AtomicInteger opened = new AtomicInteger();
    private final List<String> closed = new ArrayList<>();
    private final ClientUses<String> uses = new ClientUses<>(clock(), 2);

    @Test
    void one_client_serves_all_who_use_a_destination() {
        assertThat(use("item 1", "lake", 1)).isEqualTo(use("item 2", "lake", 1));
        uses.leave("item 1");
        uses.leave("item 2");

        assertThat(use("item 3", "lake", 1)).isEqualTo("lake-1");
        assertThat(opened).hasValue(1);
        assertThat(closed).isEmpty();
    }

    @Test
    void another_revision_is_another_client_and_the_old_one_ends_with_its_last_user() {
        use("item 1", "lake", 1);
        use("item 2", "lake", 1);

        assertThat(use("item 3", "lake", 2)).isEqualTo("lake-2");
        assertThat(closed).isEmpty();
        uses.leave("item 1");
        assertThat(closed).isEmpty();
        assertThat(use("item 2", "lake", 2)).as("goes over to the new one").isEqualTo("lake-2");
        assertThat(closed).containsExactly("lake-1");
        assertThat(uses.open()).isEqualTo(1);
    }

    @Test
    void who_comes_late_with_an_earlier_revision_gets_the_later_one() {
        use("item 1", "lake", 2);

        assertThat(use("item 2", "lake", 1)).isEqualTo("lake-1");
        assertThat(opened).hasValue(1);
        assertThat(uses.revision("item 2")).hasValue(2);
    }

    @Test
    void a_change_or_deletion_elsewhere_retires_the_client() {
        use("item 1", "lake", 1);
        use("item 2", "pond", 3);
        uses.leave("item 2");

        uses.retireBefore("lake", 1);
        uses.retireBefore("pond", 3);
        assertThat(closed).isEmpty();
        uses.retireBefore("lake", 2);
        uses.retireBefore("pond", Integer.MAX_VALUE);
        assertThat(closed).containsExactly("pond-2");
        uses.leave("item 1");
        assertThat(closed).containsExactly("pond-2", "lake-1");
        assertThat(uses.open()).isZero();
    }

    @Test
    void what_nobody_uses_is_closed_after_a_while_and_what_somebody_uses_is_not() {
        use("item 1", "lake", 1);
        use("item 2", "pond", 1);
        uses.leave("item 2");
        now = now.plusSeconds(59);
        uses.closeIdle(Duration.ofMinutes(1));
        assertThat(closed).isEmpty();
        now = now.plusSeconds(1);
        uses.closeIdle(Duration.ofMinutes(1));

        assertThat(closed).containsExactly("pond-2");
        assertThat(use("item 3", "pond", 1)).isEqualTo("pond-3");
    }

    @Test
    void no_more_than_so_many_idle_ones_stay_open_the_last_used_ones() {
        for (int i = 1; i <= 5; i++) {
            use("item", "lake " + i, 1);
            uses.leave("item");
            now = now.plusSeconds(1);
        }

        assertThat(closed).containsExactly("lake 1-1", "lake 2-2", "lake 3-3");
        assertThat(uses.destinations()).containsExactlyInAnyOrder("lake 4", "lake 5");
    }

    @Test
    void a_client_that_cannot_be_opened_leaves_the_one_before_it() {
        use("item 1", "lake", 1);

        assertThatThrownBy(() -> uses.use("item 2", "lake", 2, "settings", () -> {
                    throw new IllegalStateException("unreadable");
                }))
                .hasMessage("unreadable");
        assertThat(uses.revision("item 1")).hasValue(1);
        assertThat(uses.revision("item 2")).isEmpty();
        uses.closeAll();
        assertThat(closed).containsExactly("lake-1");
    }

    @Test
    void every_client_is_closed_once_and_none_while_it_is_used_however_many_come_and_go() throws Exception {
        List<AtomicInteger> inUse = new CopyOnWriteArrayList<>();
        List<AtomicInteger> closings = new CopyOnWriteArrayList<>();
        ClientUses<String> busy = new ClientUses<>(Clock.systemUTC(), 0);
        AtomicInteger wrong = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            done.add(threads.submit(() -> {
                for (int i = 0; i < 2_000; i++) {
                    String user = thread + "/" + i;
                    int revision = i / 10;
                    OpenClient client = busy.use(
                            user, "lake", revision, "settings", () -> counted(revision, inUse, closings, wrong));
                    AtomicInteger mine = inUse.get(Integer.parseInt(client.name()));
                    mine.incrementAndGet();
                    busy.retireBefore("lake", revision + i % 2);
                    wrong.addAndGet(
                            closings.get(Integer.parseInt(client.name())).get());
                    mine.decrementAndGet();
                    busy.leave(user);
                }
            }));
        }
        for (Future<?> one : done) {
            one.get();
        }
        threads.shutdown();
        busy.closeAll();

        assertThat(wrong).hasValue(0);
        assertThat(closings)
                .hasSizeGreaterThan(100)
                .allSatisfy(times -> assertThat(times).hasValue(1));
        assertThat(busy.open()).isZero();
    }

    /** A client whose name is its number, that counts what becomes of it. */
    private static OpenClient counted(
            int revision, List<AtomicInteger> inUse, List<AtomicInteger> closings, AtomicInteger wrong) {
        synchronized (closings) {
            int number = closings.size();
            AtomicInteger users = new AtomicInteger();
            AtomicInteger closing = new AtomicInteger();
            inUse.add(users);
            closings.add(closing);
            return new OpenClient(revision, "settings", Integer.toString(number), "s3", () -> {
                closing.incrementAndGet();
                wrong.addAndGet(users.get());
            });
        }
    }

    private String use(String user, String destination, int revision) {
        return uses.use(user, destination, revision, "settings", () -> {
                    String name = destination + "-" + opened.incrementAndGet();
                    return new OpenClient(revision, "settings", name, "s3", () -> closed.add(name));
                })
                .name();
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }
}
