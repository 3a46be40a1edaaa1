package io.caravan.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator may do through Jolokia, and that everything else is refused and does nothing. */
class JolokiaPolicyIT extends HawtioCase {

    @Test
    void an_operator_reads_routes_and_their_counters() {
        assertThat(read(ROUTE.formatted("deliver-item"), "State").path("value").asText())
                .isEqualTo("Started");
        assertThat(read(CONTEXT, "CamelVersion").path("status").asInt()).isEqualTo(200);
        assertThat(exec(CONTEXT, "dumpRoutesAsXml()").path("value").asText()).contains("deliver-item");
        assertThat(exec(ROUTE.formatted("deliver-s3"), "dumpRouteAsXml(boolean)", true)
                        .path("value")
                        .asText())
                .contains("aws2-s3");
        assertThat(exec(CONTEXT, "dumpRoutesStatsAsXml(boolean,boolean)", true, true)
                        .path("value")
                        .asText())
                .contains("exchangesTotal");
        assertThat(read("java.lang:type=Memory", "HeapMemoryUsage")
                        .path("status")
                        .asInt())
                .isEqualTo(200);
    }

    @Test
    void hawtio_gets_routes_that_it_can_draw() {
        String xml = exec(CONTEXT, "dumpRoutesAsXml()").path("value").asText();

        assertThat(xml)
                .contains("id=\"deliver-item\"", "id=\"walk-pages\"", "id=\"cut-and-scope\"")
                .doesNotContain("rrorHandler", "onException", "onCompletion", "redeliveryPolicy");
    }

    @Test
    void an_operator_suspends_resumes_stops_and_starts_a_route() {
        String route = ROUTE.formatted("sweep-destinations");
        Map<String, ServiceStatus> after = Map.of(
                "suspend",
                ServiceStatus.Suspended,
                "resume",
                ServiceStatus.Started,
                "stop",
                ServiceStatus.Stopped,
                "start",
                ServiceStatus.Started);

        for (String operation : List.of("suspend", "resume", "stop", "start")) {
            assertThat(exec(route, operation + "()").path("status").asInt())
                    .as(operation)
                    .isEqualTo(200);
            assertThat(camel.getRouteController().getRouteStatus("sweep-destinations"))
                    .isEqualTo(after.get(operation));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            java.lang:type=Memory                                        | gc
            com.sun.management:type=DiagnosticCommand                    | vmSystemProperties
            com.sun.management:type=DiagnosticCommand                    | gcClassHistogram([Ljava.lang.String;)
            com.sun.management:type=HotSpotDiagnostic                    | dumpHeap
            java.lang:type=Threading                                     | dumpAllThreads(boolean,boolean)
            java.util.logging:type=Logging                               | setLoggerLevel
            jdk.management.jfr:type=FlightRecorder                       | newRecording
            JMImplementation:type=MBeanServerDelegate                    | getMBeanInfo
            jolokia:type=Config                                          | resetDebugInfo
            hawtio:type=security,name=RBACRegistry                       | list
            hawtio:type=UploadManager                                    | list
            org.springframework.boot:type=Admin,name=SpringApplication   | shutdown
            CONTEXT                                                      | stop()
            CONTEXT                                                      | suspend()
            CONTEXT                                                      | restart()
            CONTEXT                                                      | sendBody(java.lang.String,java.lang.Object)
            CONTEXT                                                      | requestBody(java.lang.String,java.lang.Object)
            CONTEXT                                                      | sendStringBody(java.lang.String,java.lang.String)
            CONTEXT                                                      | createEndpoint(java.lang.String)
            CONTEXT                                                      | removeEndpoints(java.lang.String)
            CONTEXT                                                      | addOrUpdateRoutesFromXml(java.lang.String)
            CONTEXT                                                      | setProperty
            CONTEXT                                                      | getGlobalOption
            CONTEXT                                                      | setTracing
            ROUTE                                                        | remove()
            ROUTE                                                        | stopAndFail()
            ROUTE                                                        | updateRouteFromXml(java.lang.String)
            ROUTE                                                        | stop(java.lang.Long,java.lang.Boolean)
            TRACER                                                       | dumpAllTracedMessages()
            TRACER                                                       | dumpAllTracedMessagesAsXml()
            TRACER                                                       | dumpTracedMessagesAsJSon(java.lang.String)
            TRACER                                                       | setEnabled
            DEBUGGER                                                     | enableDebugger()
            DEBUGGER                                                     | addBreakpoint(java.lang.String)
            ENDPOINT                                                     | browseAllMessagesAsXml(java.lang.Boolean)
            ENDPOINT                                                     | browseExchange(java.lang.Integer)
            ENDPOINT                                                     | browseMessageAsXml(java.lang.Integer,java.lang.Boolean)
            ENDPOINT                                                     | purge()
            INFLIGHT                                                     | browse()
            INFLIGHT                                                     | browse(int,boolean)
            """)
    void every_other_operation_is_refused(String name, String operation) {
        JsonNode answer = exec(mbean(name), operation, "x", "y");

        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.has("value")).isFalse();
        assertThat(camel.getStatus()).isEqualTo(ServiceStatus.Started);
        assertThat(camel.getRouteController().getRouteStatus("claim-items")).isEqualTo(ServiceStatus.Started);
    }

    @Test
    void nothing_is_written() {
        String route = ROUTE.formatted("claim-items");
        JsonNode answer = jolokia(Map.of("type", "write", "mbean", route, "attribute", "Tracing", "value", true));

        assertThat(answer.path("status").asInt()).isEqualTo(403);
        assertThat(read(route, "Tracing").path("value").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            java.lang:type=Runtime                                        | SystemProperties
            java.lang:type=Runtime                                        | InputArguments
            java.lang:type=Runtime                                        | ClassPath
            java.lang:type=*                                              | SystemProperties
            *:type=Runtime                                                | SystemProperties
            com.sun.management:type=HotSpotDiagnostic                     | DiagnosticOptions
            com.zaxxer.hikari:type=Pool (HikariPool-1)                    | ActiveConnections
            org.springframework.boot:type=Endpoint,name=Health            | x
            TRACER                                                        | Enabled
            ROUTE                                                         | LastError
            CONTEXT                                                       | GlobalOptions
            """)
    void what_could_quote_a_secret_or_a_patient_is_not_read(String name, String attribute) {
        JsonNode answer = read(mbean(name), attribute);

        assertThat(answer.path("value").toString()).as(answer.toString()).isIn("", "{}");
        assertThat(answer.path("status").asInt()).as(answer.toString()).isIn(403, 404);
    }

    @Test
    void reading_all_attributes_leaves_out_the_refused_ones() {
        assertThat(jolokia(Map.of("type", "read", "mbean", "java.lang:type=Runtime"))
                        .toString())
                .doesNotContain("java.home", "java.class.path", "-Xmx");
        assertThat(jolokia(Map.of("type", "read", "mbean", "*:*")).toString()).doesNotContain("java.home", "-Xmx");
    }

    @Test
    void only_what_may_be_read_is_found_and_listed() {
        assertThat(jolokia(Map.of("type", "search", "mbean", "*:*")).path("value"))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(name.asText())
                        .matches("(org\\.apache\\.camel|java\\.lang):.*")
                        .doesNotContain("Backlog", "Compilation"));
        JsonNode listed = jolokia(Map.of("type", "list")).path("value");
        assertThat(listed.fieldNames()).toIterable().containsExactlyInAnyOrder("org.apache.camel", "java.lang");
    }

    /** The part of Jolokia that would is not on the classpath: a target is ignored. */
    @Test
    void no_other_process_is_reached() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "service:jmx:rmi:///jndi/rmi://127.0.0.1:%d/jmxrmi".formatted(other.getLocalPort());
            jolokia(Map.of("type", "read", "mbean", "java.lang:type=Memory", "target", Map.of("url", url)));
            other.setSoTimeout(200);

            assertThatThrownBy(other::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    /** Registering makes an id and nothing else: there is no backend that would carry one. */
    @Test
    void nobody_is_notified() {
        JsonNode client =
                jolokia(Map.of("type", "notification", "command", "register")).path("value");
        JsonNode added = jolokia(Map.of(
                "type",
                "notification",
                "command",
                "add",
                "client",
                client.path("id").asText(),
                "mode",
                "pull",
                "mbean",
                ROUTE.formatted("claim-items")));

        assertThat(client.path("backend")).isEmpty();
        assertThat(added.path("status").asInt()).as(added.toString()).isNotEqualTo(200);
    }

    /** Jolokia answers this one before it asks the policy: versions, and no setting. */
    @Test
    void the_configuration_is_not_shown() {
        JsonNode answer = jolokia(Map.of("type", "config"));

        assertThat(answer.path("value").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("agent", "protocol", "security", "id");
    }

    private static String mbean(String name) {
        return switch (name) {
            case "CONTEXT" -> CONTEXT;
            case "ROUTE" -> ROUTE.formatted("claim-items");
            case "TRACER" -> "org.apache.camel:context=hawtio,type=tracer,name=BacklogTracer";
            case "DEBUGGER" -> "org.apache.camel:context=hawtio,type=tracer,name=BacklogDebugger";
            case "ENDPOINT" -> "org.apache.camel:context=hawtio,type=endpoints,name=\"seda://deliver-item\"";
            case "INFLIGHT" -> "org.apache.camel:context=hawtio,type=services,name=DefaultInflightRepository";
            default -> name;
        };
    }
}
