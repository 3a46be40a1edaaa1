package io.caravan.destination.fhir;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.RequestTypeEnum;
import ca.uhn.fhir.rest.client.api.Header;
import ca.uhn.fhir.rest.client.api.IClientInterceptor;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.IHttpClient;
import ca.uhn.fhir.rest.client.api.IHttpRequest;
import ca.uhn.fhir.rest.client.api.IHttpResponse;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.client.impl.RestfulClientFactory;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.instance.model.api.IBaseBinary;

/**
 * Under HAPI's client, and so under camel-fhir, our own: guarded, bounded, with the destination's token. A bundle passes
 * through both as Latin-1, one character a byte, so that neither decodes nor encodes it: what is sent is what was stored.
 */
public final class FhirTransport extends RestfulClientFactory {

    private FhirTransport(FhirContext context) {
        super(context);
    }

    /** The one context, which is expensive, and this transport under it. */
    public static FhirTransport create() {
        FhirContext context = FhirContext.forR4();
        FhirTransport transport = new FhirTransport(context);
        transport.setServerValidationMode(ServerValidationModeEnum.NEVER);
        context.setRestfulClientFactory(transport);
        return transport;
    }

    /** HAPI's client of a server that is really asked by ours; it posts bundles, and nothing else. */
    public IGenericClient over(FhirClient client) {
        IGenericClient generic = newGenericClient(client.base().toString());
        generic.registerInterceptor(new Through(client));
        return generic;
    }

    @Override
    protected IHttpClient getHttpClient(String base) {
        return new Bundles();
    }

    @Override
    public IHttpClient getHttpClient(
            StringBuilder url,
            Map<String, List<String>> ifNoneExist,
            String ifNoneExistString,
            RequestTypeEnum method,
            List<Header> headers) {
        if (method != RequestTypeEnum.POST) {
            throw new IllegalStateException("Only bundles are sent this way");
        }
        return new Bundles();
    }

    @Override
    protected void resetHttpClient() {
        // there is none of HAPI's
    }

    @Override
    public <T> void setHttpClient(T client) {
        throw new IllegalStateException("Requests go through Caravan's own client");
    }

    @Override
    public void setProxy(String host, Integer port) {
        throw new IllegalStateException("The proxy is caravan.http.proxy");
    }

    /** Which destination a request is for: HAPI knows its clients apart by their interceptors only. */
    private record Through(FhirClient client) implements IClientInterceptor {

        @Override
        public void interceptRequest(IHttpRequest request) {
            ((BundleRequest) request).through(client);
        }

        @Override
        public void interceptResponse(IHttpResponse response) {
            // as it came
        }
    }

    private record Bundles() implements IHttpClient {

        @Override
        public IHttpRequest createByteRequest(
                FhirContext context, String contents, String contentType, EncodingEnum encoding) {
            return new BundleRequest(contents);
        }

        @Override
        public IHttpRequest createParamRequest(
                FhirContext context, Map<String, List<String>> parameters, EncodingEnum encoding) {
            throw new IllegalStateException("Only bundles are sent this way");
        }

        @Override
        public IHttpRequest createBinaryRequest(FhirContext context, IBaseBinary binary) {
            throw new IllegalStateException("Only bundles are sent this way");
        }

        @Override
        public IHttpRequest createGetRequest(FhirContext context, EncodingEnum encoding) {
            throw new IllegalStateException("Only bundles are sent this way");
        }
    }
}
