package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.source.profile.ProfileFiles;
import io.caravan.source.profile.SourceProfile;
import io.caravan.store.PageWarning;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomesTest {

    private static final SourceProfile.Outcomes EPIC =
            ProfileFiles.builtIn().get("epic").outcomes();
    private static final SourceProfile.Outcomes DEFAULT =
            ProfileFiles.builtIn().get("default").outcomes();

    @Test
    void that_there_is_nothing_is_no_warning() {
        assertThat(Outcomes.kept(EPIC, List.of(said("4101"), said("59204")))).containsExactly(said("59204"));
        assertThat(Outcomes.kept(DEFAULT, List.of(said("4101")))).containsExactly(said("4101"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4119", "4130", "4131", "4134"})
    void that_the_record_may_be_incomplete_has_a_code_that_stays(String code) {
        PageWarning kept = Outcomes.kept(EPIC, List.of(said(code))).get(0);

        assertThat(kept.code()).isEqualTo("incomplete");
        assertThat(kept.message()).isEqualTo("The record may be incomplete: the source says " + code);
        assertThat(kept.codings()).containsExactly(code);
        assertThat(Outcomes.kept(DEFAULT, List.of(said(code)))).containsExactly(said(code));
    }

    @Test
    void a_code_counts_wherever_it_stands_among_several() {
        PageWarning second = new PageWarning("informational", "no results", "warning", List.of("x", "4101"));

        assertThat(Outcomes.kept(EPIC, List.of(second))).isEmpty();
    }

    @Test
    void that_paging_expired_is_said_on_a_page_or_with_a_refusal() {
        assertThat(Outcomes.pagingExpired(EPIC, List.of(said("4119"), said("4113"))))
                .isTrue();
        assertThat(Outcomes.pagingExpired(EPIC, List.of(said("4119")))).isFalse();
        assertThat(Outcomes.pagingExpired(EPIC, List.<String>of())).isFalse();
        assertThat(Outcomes.pagingExpired(EPIC, java.util.Set.of("4113"))).isTrue();
        assertThat(Outcomes.pagingExpired(DEFAULT, List.of(said("4113")))).isFalse();
    }

    @Test
    void that_a_query_asks_for_what_is_not_known_there_is_said_with_a_refusal() {
        assertThat(Outcomes.unsupported(EPIC, List.of("59100", "4115"))).isTrue();
        assertThat(Outcomes.unsupported(EPIC, List.of("4118"))).isFalse();
        assertThat(Outcomes.unsupported(DEFAULT, List.of("4115"))).isFalse();
    }

    private static PageWarning said(String code) {
        return new PageWarning(code, "the source says " + code, "warning", List.of(code));
    }
}
