package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The comparison that {@link HapiJpaIT} rests on: what it lets pass, and that it lets nothing else pass. */
class HapiJpaRewritesTest {

    private static final String SENT =
            "{'meta':{'profile':['a','b']},'id':'1','value':1.00,'list':[1,2],'text':{'div':'<p> x</p>'}}";

    @Test
    void what_the_server_decides_and_the_order_of_profiles_and_members_pass() {
        assertThat(unexplained(
                        SENT,
                        "{'id':'1','meta':{'versionId':'1','lastUpdated':'now','source':'#rtokHmWyK5W98Fuf','profile':['b','a']},"
                                + "'text':{'div':'<p> x</p>'},'list':[1,2],'value':1.00}"))
                .isEmpty();
        assertThat(unexplained("{'id':'1'}", "{'id':'1','meta':{'versionId':'1','source':'#rtokHmWyK5W98Fuf'}}"))
                .isEmpty();
        assertThat(unexplained("{'meta':{'versionId':'7'}}", "{'meta':{'versionId':'1'}}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1.00 | 1.0 | /value is another",
                "1.00 | 1.01 | /value is another",
                "1.00 | '1.00' | /value is another",
                "[1,2] | [2,1] | /list/0 is another,/list/1 is another",
                "[1,2] | [1] | /list/1 is missing",
                "[1,2] | [1,2,3] | /list/2 was added",
                "<p> x | <p>x | /text/div is another",
                "'id':'1', | `` | /id is missing",
                "'id':'1' | 'id':'1','more':{} | /more was added",
                "'id':'1' | 'id':'1','id':'1' | `` is another",
                "['a','b'] | ['b','c'] | /meta/profile/0 is another,/meta/profile/1 is another",
                "['a','b'] | ['a','b','a'] | /meta/profile/2 was added",
                "'meta':{ | 'meta':{'tag':[1]\\, | /meta/tag was added",
                "'meta':{ | 'meta':{'source':'elsewhere'\\, | /meta/source was added",
            })
    void anything_else_is_found(String from, String to, String expected) {
        String held = SENT.replace(from, to.replace("\\,", ","));
        assertThat(held).isNotEqualTo(SENT);
        assertThat(String.join(",", unexplained(SENT, held))).isEqualTo(expected.replace("`` ", " "));
    }

    private static List<String> unexplained(String sent, String held) {
        return HapiJpaRewrites.unexplained(json(sent), json(held)).stream()
                .map(Object::toString)
                .toList();
    }

    private static byte[] json(String singleQuoted) {
        return singleQuoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
