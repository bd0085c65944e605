//! Where traces go: the variables above the file, and secrets in no error.

use super::*;

#[test]
fn traces_go_where_the_variables_say_and_else_where_the_file_does() {
    let text = "[telemetry]\nendpoint = \"http://u:hunter2@collector:4318/\"\nservice_name = \"shop\"\n\
                [telemetry.headers]\nx-key = { env = \"KEY\" }\n";
    let said = loaded(text, &[("KEY", "sesame")]).telemetry.unwrap();
    assert_eq!(said.endpoint.expose(), "http://u:hunter2@collector:4318/v1/traces");
    assert_eq!(said.receiver, "http://collector:4318");
    assert_eq!(said.service_name.as_deref(), Some("shop"));
    assert_eq!(said.headers, [("x-key".to_owned(), "sesame".into())]);
    let shown = format!("{said:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("sesame"), "{shown}");

    let variables = [
        ("KEY", "sesame"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://other:4318"),
        ("OTEL_SERVICE_NAME", "desk"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=a%20b,more=1"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
    ];
    let said = loaded(text, &variables).telemetry.unwrap();
    assert_eq!(said.endpoint.expose(), "https://other:4318/v1/traces");
    assert_eq!(said.service_name.as_deref(), Some("desk"));
    assert_eq!(said.headers, [("more".to_owned(), "1".into()), ("x-key".to_owned(), "a b".into())]);
    assert_eq!(said.timeout, Duration::from_millis(250));

    assert_eq!(loaded(text, &[("KEY", "sesame"), ("OTEL_SDK_DISABLED", "true")]).telemetry, None);
    assert_eq!(loaded("", &[]).telemetry, None);
    let whole = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t/x")];
    assert_eq!(loaded("", &whole).telemetry.unwrap().endpoint.expose(), "http://t/x");
}

#[test]
fn what_is_wrong_with_telemetry_is_told_without_its_secrets() {
    let wrong = refused("[telemetry]\nendpoint = \"u:hunter2@collector\"\n", &[]);
    assert!(wrong.contains("/etc/pg.toml:2") && wrong.contains("over HTTP"), "{wrong}");
    assert!(!wrong.contains("hunter2"), "{wrong}");
    let wrong = refused("[telemetry]\nservice_name = \"shop\"\n", &[]);
    assert!(wrong.contains("`endpoint` is missing"), "{wrong}");
    let text = "[telemetry]\nendpoint = \"http://c\"\nheaders = { key = { env = \"KEY\" } }\n";
    let wrong = refused(text, &[]);
    assert!(wrong.contains("KEY is not set"), "{wrong}");
    let wrong = refused("", &[("OTEL_EXPORTER_OTLP_ENDPOINT", "hunter2")]);
    assert!(wrong.contains("OTEL_EXPORTER_OTLP_ENDPOINT") && !wrong.contains("hunter2"), "{wrong}");
}
