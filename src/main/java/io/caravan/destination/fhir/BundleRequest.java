package io.caravan.destination.fhir;

import ca.uhn.fhir.rest.client.api.IHttpRequest;
import ca.uhn.fhir.rest.client.api.IHttpResponse;
import ca.uhn.fhir.rest.client.api.UrlSourceEnum;
import java.util.List;
import java.util.Map;

/** The POST of one bundle, in HAPI's terms. What HAPI would set itself is the destination's own client's to decide. */
final class BundleRequest implements IHttpRequest {

    private final String bundle;
    private FhirClient client;

    BundleRequest(String bundle) {
        this.bundle = bundle;
    }

    void through(FhirClient destination) {
        client = destination;
    }

    /**
     * HAPI keeps the body of a success, and of nothing else: every other answer leaves it whole, as what it is, and so does
     * a success that asks to wait.
     *
     * @throws FhirAnswered for every answer but a success with nothing but JSON
     */
    @Override
    public IHttpResponse execute() {
        FhirAnswer answer = client.post(bundle);
        boolean json = answer.contentType() == null || answer.contentType().contains("json");
        if (!answer.success() || !json || answer.retryAfter() != null) {
            throw new FhirAnswered(answer);
        }
        return new BundleResponse(answer);
    }

    @Override
    public void addHeader(String name, String value) {
        // FhirClient sets them
    }

    @Override
    public void removeHeaders(String name) {
        // FhirClient sets them
    }

    @Override
    public Map<String, List<String>> getAllHeaders() {
        return Map.of();
    }

    @Override
    public String getRequestBodyFromStream() {
        return null; // HAPI would log it
    }

    @Override
    public String getUri() {
        return null;
    }

    @Override
    public void setUri(String url) {
        throw new IllegalStateException("A bundle goes to the base URL");
    }

    @Override
    public String getHttpVerbName() {
        return "POST";
    }

    @Override
    public UrlSourceEnum getUrlSource() {
        return UrlSourceEnum.GENERATED;
    }

    @Override
    public void setUrlSource(UrlSourceEnum source) {
        // generated
    }
}
