package io.caravan.hapi;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/** HAPI FHIR's JPA server over H2, R4, with referential integrity: what {@code HapiJpaIT} starts in a process of its own. */
@SpringBootApplication(excludeName = {
    "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration",
    "org.springframework.boot.autoconfigure.data.jpa.JpaRepositoriesAutoConfiguration",
    "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration",
    "org.springframework.boot.autoconfigure.quartz.QuartzAutoConfiguration"})
@Import({JpaR4Config.class, HapiJpaConfig.class, ThreadPoolFactoryConfig.class, JpaBatch2Config.class, Batch2JobsConfig.class,
    SubscriptionSubmitterConfig.class, SubscriptionChannelConfig.class})
public class HapiJpa {

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(HapiJpa.class);
        application.setAllowCircularReferences(true);
        application.setAllowBeanDefinitionOverriding(true);
        application.run(args);
    }

    @Bean
    JpaStorageSettings jpaStorageSettings() {
        JpaStorageSettings s = new JpaStorageSettings();
        s.setEnforceReferentialIntegrityOnWrite(true);
        s.setEnforceReferentialIntegrityOnDelete(true);
        s.setAutoCreatePlaceholderReferenceTargets(false);
        s.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ANY);
        return s;
    }
    @Bean PartitionSettings partitionSettings() { return new PartitionSettings(); }
    @Bean SubscriptionSettings subscriptionSettings() { return new SubscriptionSettings(); }

    @Bean
    LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource ds, ConfigurableListableBeanFactory bf, FhirContext ctx, JpaStorageSettings st) {
        LocalContainerEntityManagerFactoryBean f = HapiEntityManagerFactoryUtil.newEntityManagerFactory(bf, ctx, st);
        f.setPersistenceUnitName("HAPI_PU");
        f.setDataSource(ds);
        Properties p = new Properties();
        p.put("hibernate.dialect", "ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect");
        p.put("hibernate.hbm2ddl.auto", "update");
        p.put("hibernate.search.enabled", "false");
        p.put("hibernate.jdbc.batch_size", "100");
        p.put("hibernate.cache.use_query_cache", "false");
        p.put("hibernate.cache.use_second_level_cache", "false");
        f.setJpaProperties(p);
        return f;
    }

    @Bean @Primary
    JpaTransactionManager transactionManager(EntityManagerFactory emf) {
        JpaTransactionManager m = new JpaTransactionManager();
        m.setEntityManagerFactory(emf);
        return m;
    }

    @Bean
    ServletRegistrationBean<RestfulServer> fhir(FhirContext ctx, ResourceProviderFactory rp, IFhirSystemDao<?, ?> sys, JpaSystemProvider<?, ?> sp,
            JpaStorageSettings st, ISearchParamRegistry spr, IValidationSupport vs, DatabaseBackedPagingProvider paging, IInterceptorBroadcaster ib) {
        RestfulServer s = new RestfulServer(ctx);
        s.registerProviders(rp.createProviders());
        s.registerProvider(sp);
        s.setServerConformanceProvider(new JpaCapabilityStatementProvider(s, sys, st, spr, vs));
        s.setPagingProvider(paging);
        s.setInterceptorService((ca.uhn.fhir.interceptor.api.IInterceptorService) ib);
        ServletRegistrationBean<RestfulServer> b = new ServletRegistrationBean<>(s, "/fhir/*");
        b.setLoadOnStartup(1);
        return b;
    }
}
