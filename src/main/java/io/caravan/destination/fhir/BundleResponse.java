package io.caravan.destination.fhir;

import ca.uhn.fhir.rest.client.api.IHttpResponse;
import ca.uhn.fhir.util.StopWatch;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A success, whole in memory, in HAPI's terms. */
record BundleResponse(FhirAnswer answer) implements IHttpResponse {

    @Override
    public int getStatus() {
        return answer.status();
    }

    @Override
    public InputStream readEntity() {
        return new ByteArrayInputStream(answer.body());
    }

    @Override
    public Reader createReader() {
        return new InputStreamReader(readEntity(), StandardCharsets.UTF_8);
    }

    @Override
    public String getStatusInfo() {
        return "";
    }

    @Override
    public String getMimeType() {
        return "application/fhir+json";
    }

    @Override
    public Map<String, List<String>> getAllHeaders() {
        return Map.of();
    }

    @Override
    public List<String> getHeaders(String name) {
        return List.of();
    }

    @Override
    public Object getResponse() {
        return answer;
    }

    @Override
    public StopWatch getRequestStopWatch() {
        return new StopWatch();
    }

    @Override
    public void bufferEntity() {
        // it is
    }

    @Override
    public void close() {
        // it is
    }
}
