package io.caravan.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import io.caravan.testing.SourceSimulator;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.camel.CamelContext;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.FinallyDefinition;
import org.apache.camel.model.MarshalDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OnCompletionDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.UnmarshalDefinition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * How an operator sees the routes in Hawtio, each that the running context has. With {@code -Dcaravan.pictures=docs/images}
 * the documentation's pictures are taken: the diagrams of a group side by side, as {@code hawtio-<group>.png}.
 */
class RouteDiagramsIT extends BrowserCase {

    private static final @Nullable String PICTURES = System.getProperty("caravan.pictures");

    /** RoutePictures leaves policies out, Camel's dump of a route the catches, and Hawtio formats of ours. */
    private static final Set<Class<?>> NOT_DRAWN = Set.of(
            OnExceptionDefinition.class,
            OnCompletionDefinition.class,
            CatchDefinition.class,
            FinallyDefinition.class,
            MarshalDefinition.class,
            UnmarshalDefinition.class);

    private static final String ITEM =
            "[id='org.apache.camel-CamelContexts-%s-routes-%s-%s-folder'] > div button:not([aria-labelledby])";

    /** Keeps a copy of the diagram, and says which names spill from their boxes and which boxes lie upon each other. */
    private static final String LOOK = """
            ([route, withCounters]) => {
                const drawing = document.querySelector('.react-flow__viewport')?.cloneNode(true);
                const nodes = [...drawing?.querySelectorAll('.react-flow__node') ?? []];
                if (!nodes.length || nodes.some(node => node.style.visibility === 'hidden')
                        || withCounters && !drawing.querySelector('.inflights')?.textContent) {
                    return false; // Hawtio has not drawn it yet
                }
                const places = nodes.map(node => new DOMMatrix(node.style.transform));
                const left = Math.min(...places.map(place => place.e));
                const top = Math.min(...places.map(place => place.f));
                drawing.style.transform = `translate(${-left}px, ${-top}px)`;
                const flow = document.createElement('div');
                flow.className = 'react-flow';
                flow.style.cssText = 'position: relative; margin-top: 14px';
                flow.style.width = Math.max(...places.map(place => place.e)) - left + 156 + 'px';
                flow.style.height = Math.max(...places.map(place => place.f)) - top + 106 + 'px';
                flow.append(drawing);
                const figure = document.createElement('figure');
                const name = document.createElement('h3');
                name.textContent = route;
                figure.append(name, flow);
                document.body.append(figure);
                const boxes = [...figure.querySelectorAll('.camel-node-content')];
                const spilling = boxes.flatMap(box => [...box.querySelectorAll('.camel-node-label, .camel-node-id')])
                    .filter(text => {
                        text.style.whiteSpace = 'nowrap';
                        return text.getBoundingClientRect().width > 132; // of 136, for letters grow as one zooms out
                    })
                    .map(text => `${route}: ${text.textContent} is wider than its box`);
                const areas = boxes.map(box => box.getBoundingClientRect());
                const hidden = boxes.filter((box, i) => areas.some((other, j) => j < i
                        && other.left < areas[i].right && areas[i].left < other.right
                        && other.top < areas[i].bottom && areas[i].top < other.bottom))
                    .map(box => `${route}: ${box.textContent} lies upon another box`);
                figure.remove();
                (window.figures ??= []).push(figure);
                return [...spilling, ...hidden];
            }""";

    private static final String LAY_OUT = """
            () => {
                const sheet = document.createElement('div');
                sheet.id = 'sheet';
                sheet.style.cssText = 'position: absolute; top: 0; left: 0; z-index: 9999; max-width: 1300px;'
                    + 'padding: 12px; background: white; box-shadow: 0 0 0 20px white; display: flex; flex-wrap: wrap; gap: 20px; zoom: 0.75';
                sheet.append(...window.figures);
                window.figures = [];
                document.body.append(sheet);
            }""";

    @Autowired
    private CamelContext camel;

    @Test
    void every_route_is_drawn_step_by_step_with_every_name_within_its_box() {
        work();
        signInTo("");
        page.setViewportSize(1280, 4000);
        page.navigate("/actuator/hawtio/camel");
        page.getByText("Expand all").click();

        groups().forEach((group, routes) -> {
            routes.forEach(this::look);
            picture(group);
        });
    }

    /** Something for the counters. */
    private void work() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            s3.createBucket("diagrams");
            String lake = caravan.newDestination(caravan.bucket("Lake", s3, "diagrams", "caravan"))
                    .ok()
                    .path("id")
                    .asText();
            String from = caravan.newSource("Synthea General", source.baseUrl())
                    .path("id")
                    .asText();
            caravan.connect(from, source.patients().get(0), null).ok();
            caravan.awaitRuns(lake, 2);
        }
    }

    /** In the order of the route files. */
    private Map<String, List<RouteDefinition>> groups() {
        return ((ModelCamelContext) camel)
                .getRouteDefinitions().stream()
                        .collect(Collectors.groupingBy(RouteDefinition::getGroup, TreeMap::new, Collectors.toList()));
    }

    private void look(RouteDefinition route) {
        String[] steps = Stream.concat(Stream.of(route.getInput().getId()), steps(route))
                .map("(ID: %s)"::formatted)
                .toArray(String[]::new);
        // Again where Hawtio, which has just learnt of a new endpoint, loses what was clicked.
        await().pollInSameThread().untilAsserted(() -> {
            page.locator(ITEM.formatted(camel.getManagementName(), route.getGroup(), route.getRouteId()))
                    .click();
            link("Route Diagram").click();
            assertThat(page.locator(".camel-node-id")).containsText(steps);
        });
        assertThat((List<?>) page.waitForFunction(LOOK, List.of(route.getRouteId(), PICTURES != null))
                        .jsonValue())
                .isEmpty();
    }

    private static Stream<String> steps(ProcessorDefinition<?> parent) {
        return parent.getOutputs().stream()
                .filter(step -> !NOT_DRAWN.contains(step.getClass()))
                .flatMap(step -> Stream.concat(Stream.of(step.getId()), steps(step)));
    }

    private void picture(String group) {
        if (PICTURES != null) {
            page.evaluate(LAY_OUT);
            Locator sheet = page.locator("#sheet");
            write(sheet.screenshot(), Path.of(PICTURES, "hawtio-%s.png".formatted(group)));
            sheet.evaluate("sheet => sheet.remove()");
        }
    }

    /** With its 64 most frequent colours, which leaves letters and lines as they are: half the size. */
    private static void write(byte[] screenshot, Path to) {
        try {
            BufferedImage all = ImageIO.read(new ByteArrayInputStream(screenshot));
            int width = all.getWidth();
            int[] pixels = all.getRGB(0, 0, width, all.getHeight(), null, 0, width);
            int[] palette = Arrays.stream(pixels)
                    .boxed()
                    .collect(Collectors.groupingBy(colour -> colour, Collectors.counting()))
                    .entrySet()
                    .stream()
                    .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
                    .limit(64)
                    .mapToInt(Map.Entry::getKey)
                    .toArray();
            IndexColorModel colours =
                    new IndexColorModel(8, palette.length, palette, 0, false, -1, DataBuffer.TYPE_BYTE);
            BufferedImage few = new BufferedImage(width, all.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, colours);
            few.setRGB(0, 0, width, all.getHeight(), pixels, 0, width);
            ImageIO.write(few, "png", to.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
