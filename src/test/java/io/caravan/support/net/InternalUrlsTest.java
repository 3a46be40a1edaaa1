package io.caravan.support.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.caravan.support.BaseUrl;
import io.caravan.testing.ForwardProxy;
import io.caravan.testing.InternalUrls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The guarded client and URLs that lead inside: what the mode says, what listing changes, and that the server there hears nothing. */
class InternalUrlsTest {

    private static final List<String> LEDGER = new CopyOnWriteArrayList<>();
    private static final Pattern ADVICE = Pattern.compile("to allow it, add (\\S+) to caravan\\.http\\.allow");

    private static HttpServer inside;

    @BeforeAll
    static void start() throws IOException {
        inside = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        inside.createContext("/", exchange -> {
            LEDGER.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        inside.start();
    }

    @AfterAll
    static void stop() {
        inside.stop(0);
    }

    @BeforeEach
    void forget() {
        LEDGER.clear();
    }

    static List<String> loopback() {
        return InternalUrls.LOOPBACK;
    }

    static List<String> special() {
        return InternalUrls.SPECIAL;
    }

    static List<String> inner() {
        return InternalUrls.PRIVATE;
    }

    static List<String> never() {
        return InternalUrls.NEVER;
    }

    @Test
    void there_are_well_over_forty_of_them() {
        assertThat(InternalUrls.all()).hasSizeGreaterThan(80).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("loopback")
    void loopback_is_refused_in_both_modes_and_reached_once_it_is_listed_as_the_refusal_says(String url)
            throws IOException {
        for (NetworkMode mode : NetworkMode.values()) {
            String refusal = refusal(mode, url);
            String advised = advised(refusal);
            assertThat(LEDGER).as(refusal).isEmpty();

            assertThat(ask(NetworkGuard.of(mode, advised), url)).isEqualTo(204);
            assertThat(LEDGER).hasSize(1);
            LEDGER.clear();
        }
    }

    @ParameterizedTest
    @MethodSource("special")
    void special_addresses_are_refused_in_both_modes_unless_they_are_listed_as_the_refusal_says(String url)
            throws IOException {
        for (NetworkMode mode : NetworkMode.values()) {
            mayBeAsked(NetworkGuard.of(mode, advised(refusal(mode, url))), url);
        }
        assertThat(LEDGER).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("inner")
    void an_inner_network_is_reached_where_caravan_is_ones_own_and_refused_where_it_is_shared(String url)
            throws IOException {
        mayBeAsked(NetworkGuard.of(NetworkMode.SELF_HOSTED), url);
        mayBeAsked(NetworkGuard.of(NetworkMode.SHARED, advised(refusal(NetworkMode.SHARED, url))), url);
    }

    @ParameterizedTest
    @MethodSource("never")
    void what_can_be_read_in_two_ways_is_refused_whatever_is_listed(String url) {
        for (NetworkMode mode : NetworkMode.values()) {
            NetworkGuard generous = NetworkGuard.of(mode, "0.0.0.0/0", "::/0", "localhost", "public.example");
            assertThat(catchThrowable(() -> ask(generous, url)))
                    .as(url)
                    .isInstanceOfAny(IllegalArgumentException.class, NetworkRefusedException.class);
        }
        assertThat(LEDGER).isEmpty();
    }

    @Test
    void a_name_that_turns_inside_between_the_look_and_the_connection_is_refused() throws IOException {
        Answers dns = new Answers(List.of(List.of("8.8.8.8"), List.of("127.0.0.1")));
        NetworkGuard guard = NetworkGuard.of(NetworkMode.SELF_HOSTED);
        assertThat(new TargetLookup(guard, settings(null), dns).find("https", "rebinding.example", port()))
                .isNotEmpty();

        URI rebinding = URI.create("https://rebinding.example:" + port());
        assertThatThrownBy(() -> ask(client(guard, settings(null), dns), rebinding))
                .isInstanceOf(NetworkRefusedException.class)
                .hasMessageContaining("127.0.0.1 (rebinding.example) is a loopback address")
                .hasMessageContaining("caravan.http.allow");
        assertThat(LEDGER).isEmpty();
        assertThat(dns.asked).as("all answers were needed").isEqualTo(2);
    }

    @Test
    void a_name_that_is_inside_and_outside_at_once_is_refused_in_any_order() {
        for (List<String> both : List.of(List.of("8.8.8.8", "127.0.0.1"), List.of("127.0.0.1", "8.8.8.8"))) {
            NetworkGuard guard = NetworkGuard.of(NetworkMode.SELF_HOSTED);
            assertThatThrownBy(() -> ask(client(guard, settings(null), new Answers(List.of(both))), rebinding()))
                    .isInstanceOf(NetworkRefusedException.class);
        }
        assertThat(LEDGER).isEmpty();
    }

    @Test
    void behind_a_proxy_each_request_is_looked_at_again() {
        try (ForwardProxy proxy = ForwardProxy.start()) {
            Answers dns = new Answers(List.of(List.of("10.0.0.1"), List.of("127.0.0.1")));
            HttpSettings behind = settings(proxy.address());
            NetworkGuard guard = NetworkGuard.of(NetworkMode.SELF_HOSTED);

            assertThat(catchThrowable(() -> ask(client(guard, behind, dns), rebinding())))
                    .isNotInstanceOf(NetworkRefusedException.class);
            assertThat(proxy.requests()).hasSize(1);
            assertThatThrownBy(() -> ask(client(guard, behind, dns), rebinding()))
                    .isInstanceOf(NetworkRefusedException.class);
            assertThat(proxy.requests()).hasSize(1);
        }
        assertThat(LEDGER).isEmpty();
    }

    private static URI rebinding() {
        return URI.create("http://rebinding.invalid:" + port());
    }

    private static String refusal(NetworkMode mode, String url) {
        Throwable refused = catchThrowable(() -> ask(NetworkGuard.of(mode), url));
        assertThat(refused).as(url).isInstanceOf(NetworkRefusedException.class);
        return refused.getMessage();
    }

    /** What the refusal says should be listed. */
    private static String advised(String refusal) {
        Matcher advice = ADVICE.matcher(refusal);
        assertThat(advice.find()).as(refusal).isTrue();
        return advice.group(1);
    }

    /** Looked up and checked as a client does it, without connecting. */
    private static void mayBeAsked(NetworkGuard guard, String url) throws IOException {
        URI base = BaseUrl.of(url);
        assertThat(new TargetLookup(guard, settings(null), Names.INSTANCE)
                        .find(base.getScheme(), base.getHost(), base.getPort()))
                .isNotEmpty();
    }

    /** As everything that a user enters: read as a base URL, then asked over the guarded client. */
    private static int ask(NetworkGuard guard, String url) throws IOException {
        URI base = BaseUrl.of(url.replace("PORT", Integer.toString(port())));
        return ask(client(guard, settings(null), Names.INSTANCE), base);
    }

    private static int ask(BoundedHttp client, URI base) throws IOException {
        try (client) {
            return client.exchange(
                    BoundedHttp.host(base.getScheme(), base.getHost(), base.getPort()),
                    new HttpGet("/"),
                    Duration.ofSeconds(10),
                    BoundedHttp.Answer::status);
        }
    }

    private static BoundedHttp client(NetworkGuard guard, HttpSettings settings, DnsResolver dns) {
        return new BoundedHttp(new GuardedHttpClients(guard, settings, Trust.ofTheJvm(), dns));
    }

    private static HttpSettings settings(URI proxy) {
        return new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), 5, List.of(), proxy);
    }

    private static int port() {
        return inside.getAddress().getPort();
    }

    private enum Names implements DnsResolver {
        INSTANCE;

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return InternalUrls.resolve(host);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    /** One answer after the other, whatever is asked. */
    private static final class Answers implements DnsResolver {

        private final Deque<List<String>> answers = new ArrayDeque<>();
        private int asked;

        Answers(List<List<String>> answers) {
            this.answers.addAll(answers);
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            asked++;
            List<String> answer = answers.size() > 1 ? answers.remove() : answers.element();
            InetAddress[] found = new InetAddress[answer.size()];
            for (int i = 0; i < found.length; i++) {
                found[i] = InetAddress.getByName(answer.get(i));
            }
            return found;
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
