package io.caravan.deliver;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.destination.StoredObject;
import io.caravan.support.ErrorCode;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerificationTest {

    private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "10, d41d8cd98f00b204e9800998ecf8427e",
                "10, \"\"\"d41d8cd98f00b204e9800998ecf8427e\"\"\"",
                "10, \"D41D8CD98F00B204E9800998ECF8427E\"",
                "10, d41d8cd98f00b204e9800998ecf8427f-2",
                "10, some-tag-of-its-own",
                "10, none",
            })
    void an_object_of_this_size_is_taken_whose_tag_is_the_md5_or_no_md5_at_all(Long bytes, String tag) {
        assertThatCode(() -> Verification.uploaded(10, MD5, bytes, tag, false)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "9, d41d8cd98f00b204e9800998ecf8427e, has 9 bytes instead of 10",
                "11, d41d8cd98f00b204e9800998ecf8427e, has 11 bytes instead of 10",
                "none, d41d8cd98f00b204e9800998ecf8427e, has null bytes instead of 10",
                "10, d41d8cd98f00b204e9800998ecf8427f, has other content",
            })
    void anything_else_is_sent_again(Long bytes, String tag, String said) {
        assertThatThrownBy(() -> Verification.uploaded(10, MD5, bytes, tag, false))
                .hasMessageContaining(said)
                .isInstanceOfSatisfying(DeliveryException.class, e -> {
                    Assertions.assertThat(e.code()).isEqualTo(ErrorCode.VERIFICATION_FAILED);
                    Assertions.assertThat(e.again()).isTrue();
                });
    }

    @Test
    void where_a_store_says_its_md5_nothing_but_the_same_size_and_content_is_taken() {
        assertThatCode(() -> Verification.uploaded(10, MD5, new StoredObject(10, MD5)))
                .doesNotThrowAnyException();
        for (StoredObject other : List.of(
                new StoredObject(9, MD5),
                new StoredObject(10, "d41d8cd98f00b204e9800998ecf8427f"),
                new StoredObject(10, null))) {
            assertThatThrownBy(() -> Verification.uploaded(10, MD5, other))
                    .as(other.toString())
                    .isInstanceOfSatisfying(
                            DeliveryException.class,
                            e -> Assertions.assertThat(e.again()).isTrue());
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 00000000000000000000000000000000", "10, d41d8cd98f00b204e9800998ecf8427e"})
    void a_tag_of_an_encrypting_store_says_nothing_of_the_content(Long bytes, String tag) {
        assertThatCode(() -> Verification.uploaded(10, MD5, bytes, tag, true)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"10, other-tag", "9, the-tag"})
    void an_object_that_somebody_changed_since_is_not_listed_as_ours(Long bytes, String tag) {
        assertThatCode(() -> Verification.unchanged(10, "the-tag", 10L, "\"the-tag\""))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Verification.unchanged(10, "the-tag", bytes, tag))
                .isInstanceOfSatisfying(DeliveryException.class, e -> {
                    Assertions.assertThat(e.code()).isEqualTo(ErrorCode.VERIFICATION_FAILED);
                    Assertions.assertThat(e.again()).isFalse();
                });
    }
}
