package io.caravan.ops;

import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.spi.CamelContextCustomizer;
import org.apache.camel.spi.ModelToXMLDumper;
import org.apache.camel.xml.LwModelToXMLDumper;
import org.springframework.stereotype.Component;

/**
 * The text from which Hawtio draws a route: its steps, as in the route file. Hawtio cannot draw an error handler that
 * stands in a route (the whole diagram fails), and would draw a policy into each route that names it.
 */
@Component
class RoutePictures extends LwModelToXMLDumper implements CamelContextCustomizer {

    private static final Pattern POLICIES =
            Pattern.compile("\\s*<(errorHandler|onException|onCompletion)\\b(?:[^>]*/>|.*?</\\1>)", Pattern.DOTALL);

    @Override
    public void configure(CamelContext camel) {
        camel.getCamelContextExtension().addContextPlugin(ModelToXMLDumper.class, this);
    }

    @Override
    public String dumpModelAsXml(CamelContext context, NamedNode definition) throws Exception {
        return steps(super.dumpModelAsXml(context, definition));
    }

    @Override
    public String dumpModelAsXml(
            CamelContext context,
            NamedNode definition,
            boolean resolvePlaceholders,
            boolean generatedIds,
            boolean sourceLocation)
            throws Exception {
        return steps(super.dumpModelAsXml(context, definition, resolvePlaceholders, generatedIds, sourceLocation));
    }

    private static String steps(String xml) {
        return xml == null ? null : POLICIES.matcher(xml).replaceAll("");
    }
}
