package io.caravan.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The contract and the controllers say the same. That answers fit it, every test of the API checks by the way. */
class ContractTest extends ApiTest {

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    @Test
    void every_operation_is_mapped_and_every_mapping_is_an_operation() {
        Set<String> mapped = mappings.getHandlerMethods().keySet().stream()
                .flatMap(mapping -> mapping.getPatternValues().stream()
                        .filter(path -> path.startsWith("/api/"))
                        .flatMap(path -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + path)))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(mapped).isEqualTo(Contract.operations().keySet());
    }

    @Test
    void every_operation_has_an_id_of_its_own_and_says_what_fails() {
        List<String> ids = Contract.operations().values().stream()
                .map(operation -> operation.path("operationId").asText())
                .toList();

        assertThat(ids).doesNotHaveDuplicates().doesNotContain("");
        assertThat(Contract.operations().values())
                .allMatch(operation -> operation.at("/responses/default").has("$ref"));
    }

    @Test
    void every_reference_leads_somewhere() {
        JsonNode document = Contract.document();

        assertThat(document.findValuesAsText("$ref"))
                .isNotEmpty()
                .allMatch(ref -> !document.at(ref.substring(1)).isMissingNode());
    }

    @Test
    void an_answer_that_the_contract_does_not_describe_is_noticed() {
        String path = organization();
        Answer given = get(OPERATOR_KEY, path);
        ObjectNode more = given.body().<ObjectNode>deepCopy().put("more", 1);
        ObjectNode less = given.body().<ObjectNode>deepCopy().without("name");

        for (JsonNode body : List.of(more, less)) {
            assertThatThrownBy(() -> Contract.check("GET", path, new Answer(200, body, given.raw())))
                    .isInstanceOf(AssertionError.class);
        }
        assertThatThrownBy(() -> Contract.check("GET", path, new Answer(202, given.body(), given.raw())))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void the_contract_is_served_to_everybody() {
        Answer answer = get(null, "/api/v1/openapi.yaml");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/yaml");
        assertThat(answer.raw().body()).startsWith("openapi: 3.1.0");
    }
}
