package io.caravan.source.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.source.profile.SourceProfile.Ids;
import io.caravan.source.profile.SourceProfile.Kind;
import io.caravan.source.profile.SourceProfile.Provenance;
import io.caravan.source.profile.SourceProfile.Support;
import io.caravan.support.CaravanException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

class SourceProfilesTest {

    private final SourceProfiles builtIn = ProfileFiles.builtIn();

    @TempDir
    private Path folder;

    @Test
    void the_built_in_profiles_can_be_read() {
        assertThat(builtIn.names()).containsExactly("cerner", "default", "epic", "hapi", "smart");
        assertThat(builtIn.all()).allSatisfy(profile -> {
            assertThat(profile.description()).isNotBlank();
            assertThat(profile.pageSize()).isBetween(50, 200);
            assertThat(profile.queries().bestEffort()).isNotEmpty();
        });
    }

    @Test
    void an_empty_setting_is_no_folder() {
        assertThat(new ProfileSettings(Path.of("")).profiles()).isNull();
    }

    @Test
    void what_a_profile_leaves_out_is_as_in_the_default() {
        SourceProfile epic = builtIn.get("epic");

        assertThat(epic.pageSize()).isEqualTo(100);
        assertThat(epic.headers().of(Kind.SEARCH)).isEqualTo(Map.of("Accept", "application/json+fhir"));
        assertThat(epic.headers().of(Kind.BINARY)).isEmpty();
        assertThat(epic.lastUpdated().supported()).isEqualTo(Support.FALSE);
        assertThat(epic.lastUpdated().overlap()).isEqualTo(Duration.ofMinutes(5));
        assertThat(epic.provenance()).isEqualTo(Provenance.REVINCLUDE);
        assertThat(epic.queries().of("Observation").parameters()).contains(Map.of("category", "laboratory"));
        assertThat(epic.queries().of("Condition").parameters()).isEmpty();
        assertThat(epic.outcomes().pagingExpired()).containsExactly("4113");
        assertThat(epic.ids()).isEqualTo(Ids.SCOPED);
        assertThat(builtIn.get("default").detect()).isEqualTo(SourceProfile.Detect.NEVER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "null",
            value = {
                "Epic; ''; ''; epic",
                "''; Cerner; ''; cerner",
                "Oracle Health Millennium; Oracle Health; ''; cerner",
                "HAPI FHIR Server; ''; ''; hapi",
                "Smile CDR; Not provided; SMART Health IT https://r4.smarthealthit.org; smart",
                "Some server; Some clinic; ''; default",
                "''; ''; ''; default",
            })
    void a_vendor_is_known_by_its_capability_statement(
            String software, String publisher, String implementation, String name) {
        assertThat(builtIn.detect(software, publisher, implementation).name()).isEqualTo(name);
    }

    @Test
    void an_unknown_name_is_refused_with_the_known_ones() {
        assertThat(builtIn.find("nobody")).isEmpty();
        assertThatThrownBy(() -> builtIn.get("nobody"))
                .isInstanceOf(CaravanException.class)
                .hasMessageContaining("nobody")
                .hasMessageContaining("cerner, default, epic, hapi, smart");
    }

    @Test
    void an_operators_profile_is_one_more_and_one_of_a_built_in_name_replaces_that() throws IOException {
        write("clinic.yaml", "name: clinic\ndescription: Ours\ndetect: {publisher: [Our Clinic]}\npage_size: 7\n");
        write("epic.yaml", "name: epic\ndescription: Our Epic\n");
        write("notes.txt", "no profile");

        SourceProfiles profiles = ProfileFiles.with(folder);

        assertThat(profiles.names()).containsExactly("cerner", "clinic", "default", "epic", "hapi", "smart");
        assertThat(profiles.get("clinic").pageSize()).isEqualTo(7);
        assertThat(profiles.detect("", "OUR CLINIC, Inc.", "").name()).isEqualTo("clinic");
        assertThat(profiles.get("epic").description()).isEqualTo("Our Epic");
        assertThat(profiles.get("epic").pageSize()).isEqualTo(200);
        assertThat(profiles.detect("Epic", "", "").name()).isEqualTo("default");
    }

    @Test
    void an_operators_default_changes_what_the_others_leave_out() throws IOException {
        write("default.yaml", "name: default\ndescription: Ours\nlast_updated: {overlap: PT1H}\n");

        SourceProfiles profiles = ProfileFiles.with(folder);

        assertThat(profiles.get("hapi").lastUpdated().overlap()).isEqualTo(Duration.ofHours(1));
        assertThat(profiles.get("hapi").lastUpdated().supported()).isEqualTo(Support.TRUE);
        assertThat(profiles.get("default").pageSize()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "page_sizes: 7; 3; unknown key page_sizes; known here: name, description",
                "limits: {rate: 7}; 3; unknown key rate",
                "queries: {types: {Observation: {category: x}}}; 3; unknown key category",
                "page_size: many; 3; page_size must be a number from 1 to 1000",
                "page_size: 0; 3; page_size must be a number",
                "page_size: [7]; 3; page_size must be a text",
                "page_size:; 3; page_size must be a text",
                "headers: epic; 3; keys with values are expected here",
                "headers: {search: {Authorization: Bearer x}}; 3; cannot set the header Authorization",
                "headers: {search: {Accept: \"a\\u000ab\"}}; 3; no header can have",
                "last_updated: {overlap: 5 minutes}; 3; overlap must be a duration such as PT5M",
                "last_updated: {overlap: PT0S}; 3; overlap must be longer than nothing",
                "last_updated: {supported: maybe}; 3; supported must be one of declared, false, true",
                "queries: {leave_out: [Observations]}; 3; Observations is no resource type of FHIR R4",
                "queries: {types: {Observations: {}}}; 3; Observations is no resource type of FHIR R4",
                "queries: {leave_out: Observation}; 3; leave_out must be a list",
                "queries: {types: {Goal: {parameters: [{}]}}}; 3; parameters must be a list of search parameters",
                "queries: {types: {Goal: {parameters: [{a&b: x}]}}}; 3; parameters must be a list of search parameters",
                "queries: {types: {Goal: {parameters: [{a: x}, {a: x}]}}}; 3; parameters has the same query twice",
                "queries: {types: {Goal: {patient_parameter: 'a=b'}}}; 3; must be the name of a search parameter",
                "attachments: {largest: huge}; 3; largest must be a size such as 20MB",
                "attachments: {types: [pdf]}; 3; types must be MIME types",
                "attachments: {pull: yes}; 3; pull must be one of false, true",
                "provenance: perhaps; 3; provenance must be one of _revinclude, none",
                "ids: own; 3; ids must be one of any, scoped",
                "name: bad; 3; the key name stands here twice",
                "headers: {read: {}, read: {}}; 3; the key read stands here twice",
                "page_size: {; 4; this is not YAML",
            })
    void a_bad_profile_is_refused_with_its_line_and_what_is_wrong(String yaml, int line, String problem)
            throws IOException {
        write("bad.yaml", "name: bad\ndescription: Not good\n" + yaml + "\n");

        assertThatThrownBy(() -> ProfileFiles.with(folder))
                .isInstanceOf(ProfileException.class)
                .hasMessageStartingWith(folder.resolve("bad.yaml") + ":" + line + ": ")
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "description: x; :1: the key name is missing",
                "name: bad; :1: the key description is missing",
                "name: other; :1: name must be that of the file, bad",
                "name: Bad; :1: name must be lower-case letters",
                "'[]'; :1: keys with values are expected here",
                "''; :1: keys with values are expected here",
            })
    void a_profile_without_its_name_or_description_is_refused(String yaml, String problem) throws IOException {
        write("bad.yaml", yaml + "\n");

        assertThatThrownBy(() -> ProfileFiles.with(folder))
                .isInstanceOf(ProfileException.class)
                .hasMessageStartingWith(folder.resolve("bad.yaml") + problem);
    }

    @EnableConfigurationProperties(ProfileSettings.class)
    @Import(SourceProfiles.class)
    static class Profiles {}

    @Test
    void a_bad_profile_stops_the_start_and_the_person_who_starts_it_is_told_which_line() throws IOException {
        write("bad.yaml", "name: bad\ndescription: Not good\npage_sizes: 7\n");
        SpringApplicationBuilder start = new SpringApplicationBuilder(Profiles.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF);

        assertThatThrownBy(() -> start.run("--spring.datasource.url=jdbc:none", "--caravan.source.profiles=" + folder))
                .satisfies(failure -> {
                    FailureAnalysis analysis = new ProfileFailureAnalyzer().analyze(failure);
                    assertThat(analysis.getDescription())
                            .contains("A vendor profile cannot be used: " + folder.resolve("bad.yaml")
                                    + ":3: unknown key page_sizes");
                    assertThat(analysis.getAction()).contains("caravan.source.profiles");
                });
        assertThat(SpringFactoriesLoader.forDefaultResourceLocation()
                        .load(FailureAnalyzer.class, FailureHandler.logging(LogFactory.getLog(getClass()))))
                .hasAtLeastOneElementOfType(ProfileFailureAnalyzer.class);
    }

    @Test
    void a_folder_that_is_not_there_and_a_file_that_is_not_utf8_are_refused() throws IOException {
        assertThatThrownBy(() -> new SourceProfiles(new ProfileSettings(folder.resolve("nowhere"))))
                .isInstanceOf(ProfileException.class)
                .hasMessageContaining("nowhere")
                .hasMessageContaining("caravan.source.profiles");

        Files.write(folder.resolve("latin.yaml"), "name: é".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ProfileFiles.with(folder))
                .isInstanceOf(ProfileException.class)
                .hasMessageContaining("latin.yaml: is not UTF-8");
    }

    private void write(String file, String yaml) throws IOException {
        Files.writeString(folder.resolve(file), yaml);
    }
}
