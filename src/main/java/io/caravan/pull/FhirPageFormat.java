package io.caravan.pull;

import io.caravan.store.PageCutter;
import io.caravan.support.payload.Payload;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.support.service.ServiceSupport;
import org.springframework.stereotype.Component;

/** {@code fhir-page}: the bytes of a searchset Bundle, or of one resource, to the resources cut from them. */
@Component("fhir-page")
class FhirPageFormat extends ServiceSupport implements DataFormat {

    @Override
    public Object unmarshal(Exchange exchange, InputStream body) throws Exception {
        return unmarshal(exchange, Payload.of(body.readAllBytes()));
    }

    @Override
    public Object unmarshal(Exchange exchange, Object body) {
        PullTask task = exchange.getVariable("task", PullTask.class);
        return new PageCutter(task.scope()).cut((Payload) body);
    }

    @Override
    public void marshal(Exchange exchange, Object graph, OutputStream stream) {
        throw new IllegalStateException("fhir-page only reads");
    }
}
