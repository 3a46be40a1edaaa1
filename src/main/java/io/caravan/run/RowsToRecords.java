package io.caravan.run;

import org.apache.camel.component.sql.DefaultRowMapperFactory;
import org.apache.camel.component.sql.RowMapperFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.RowMapper;

/** Rows that camel-sql reads become records: {@code org_id} is {@code orgId}. */
@Configuration(proxyBeanMethods = false)
class RowsToRecords {

    @Bean
    RowMapperFactory rowMapperFactory() {
        return new DefaultRowMapperFactory() {
            @Override
            public RowMapper<?> newBeanRowMapper(Class<?> mappedClass) {
                return new DataClassRowMapper<>(mappedClass);
            }
        };
    }
}
