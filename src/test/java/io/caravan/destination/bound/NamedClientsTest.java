package io.caravan.destination.bound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.camel.support.DefaultRegistry;
import org.junit.jupiter.api.Test;

/** Camel's registry finds clients by name, however many threads open and close them. */
class NamedClientsTest {

    private final NamedClients clients = new NamedClients();
    private final DefaultRegistry registry = new DefaultRegistry(clients);

    @Test
    void a_client_is_found_by_name_and_type_until_it_is_unbound() {
        clients.bind("s3-1", "a client");

        assertThat(registry.lookupByName("s3-1")).isEqualTo("a client");
        assertThat(registry.lookupByNameAndType("s3-1", String.class)).isEqualTo("a client");
        assertThat(clients.lookupByNameAndType("s3-1", Integer.class)).isNull();
        assertThat(registry.findByType(String.class)).containsExactly("a client");
        clients.unbind("s3-1");
        assertThat(registry.lookupByName("s3-1")).isNull();
        assertThat(registry.findByTypeWithName(String.class)).isEmpty();
    }

    @Test
    void threads_that_bind_and_unbind_at_once_lose_nothing_and_leave_nothing() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> work = IntStream.range(0, 8)
                    .<Callable<Integer>>mapToObj(thread -> () -> bindMany(thread))
                    .toList();
            List<Integer> missed = new ArrayList<>();
            for (Future<Integer> done : threads.invokeAll(work)) {
                missed.add(done.get());
            }
            assertThat(missed).containsOnly(0);
        } finally {
            threads.shutdownNow();
        }
        assertThat(clients.findByType(Object.class)).isEmpty();
    }

    /** How often a client that this thread had bound was not found. */
    private int bindMany(int thread) {
        int missed = 0;
        for (int i = 0; i < 20_000; i++) {
            String name = "client-" + thread + "-" + i;
            clients.bind(name, name);
            missed += name.equals(registry.lookupByName(name)) ? 0 : 1;
            clients.unbind(name);
        }
        return missed;
    }
}
