package io.caravan.testing;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.FifoMemoryPagingProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * HAPI FHIR's own server as a source on 127.0.0.1: its CapabilityStatement, its models and JSON, its strictness about
 * parameters, its pages with links of their own. What it holds and how a search by patient finds it is a
 * {@link HapiRecords}.
 */
public final class HapiSource implements AutoCloseable {

    private static final String ROOT = "/baseR4";
    private static final int SEARCHES_KEPT = 1000;
    private static final FhirContext CONTEXT = FhirContext.forR4();

    private final HapiRecords records = new HapiRecords(CONTEXT);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final WebServer server;

    private HapiSource(int mostPerPage) {
        RestfulServer fhir = new RestfulServer(CONTEXT);
        fhir.setPagingProvider(new FifoMemoryPagingProvider(SEARCHES_KEPT)
                .setDefaultPageSize(Math.min(10, mostPerPage))
                .setMaximumPageSize(mostPerPage));
        fhir.registerProviders(records.providers());
        TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory(0);
        try {
            tomcat.setAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server = tomcat.getWebServer(context -> {
            context.addFilter("ledger", new HapiLedger(requests)).addMappingForUrlPatterns(null, false, ROOT + "/*");
            context.addServlet("fhir", fhir).addMapping(ROOT + "/*");
        });
        server.start();
    }

    /** Starts, with the Synthea resources of the classpath; no page has more resources than that. */
    public static HapiSource synthea(int mostPerPage) {
        HapiSource source = new HapiSource(mostPerPage);
        try {
            for (Resource file :
                    new PathMatchingResourcePatternResolver().getResources("classpath*:synthea/*.ndjson.gz")) {
                source.load(file);
            }
        } catch (IOException e) {
            source.close();
            throw new UncheckedIOException(e);
        }
        return source;
    }

    private void load(Resource file) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file.getInputStream()), StandardCharsets.UTF_8))) {
            lines.lines().forEach(json -> records.put(json, Instant.parse("2025-01-01T00:00:00Z")));
        }
    }

    /** Where the FHIR API is, without a slash at its end. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.getPort(), ROOT));
    }

    public List<String> patients() {
        return records.ids("Patient");
    }

    /** {@code Type/id} of what a search by this patient finds, of all types, the Patient and its Provenance included. */
    public List<String> of(String patient) {
        return records.of(patient);
    }

    /** The resource as HAPI writes it. */
    public String json(String name) {
        return records.json(name);
    }

    /** Adds a resource or replaces one, changed now. */
    public void put(String json) {
        records.put(json, Instant.now());
    }

    /** Path below the base and query of every request so far, as sent. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    public void forgetRequests() {
        requests.clear();
    }

    @Override
    public void close() {
        server.stop();
    }
}
