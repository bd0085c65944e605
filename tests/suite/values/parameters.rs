//! Parameters against a live server.
//!
//! Separate from what comes out: here JSON goes in. What comes out of a column as JSON must be accepted by a
//! parameter of the same type and mean the same value.

use pg_core::{BindError, ColumnCodec, Raw, bind};
use serde_json::{Value, json};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use super::{assert_none, decoded, expressions, printed};

/// `SELECT $1::type` with a JSON value, as JSON and as text; errors of ours and of the server as text.
async fn echo(client: &Client, ty: &str, value: &Value) -> Result<(Value, Option<String>), String> {
    let sql = format!("SELECT $1::{ty}");
    let statement = client.prepare(&sql).await.map_err(|error| format!("{error:?}"))?;
    let parameters = bind(std::slice::from_ref(value), statement.params()).map_err(|e| e.to_string())?;
    let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|p| p as _).collect();
    let row = client.query_one(&statement, &parameters).await.map_err(|error| format!("{error:?}"))?;
    let codec = ColumnCodec::for_type(statement.columns()[0].type_()).ok_or("no decoder")?;
    let raw = row.get::<_, Option<Raw<'_>>>(0).map(|raw| raw.0);
    let (mut json, mut text) = (Vec::new(), Vec::new());
    codec.write_json(raw, &mut json).map_err(|e| e.to_string())?;
    let is_value = codec.write_text(raw, &mut text).map_err(|e| e.to_string())?;
    let json = serde_json::from_slice(&json).map_err(|e| e.to_string())?;
    Ok((json, is_value.then(|| String::from_utf8(text).unwrap())))
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Type, JSON given, JSON expected back.
const ECHOED: &[(&str, &str, &str)] = &[
    ("boolean", "true", "true"),
    ("boolean", r#""off""#, "false"),
    ("smallint", "-32768", "-32768"),
    ("integer", "1.0", "1"),
    ("integer", r#""42""#, "42"),
    ("bigint", "9223372036854775807", "9223372036854775807"),
    ("oid", "4294967295", "4294967295"),
    (
        "numeric",
        "123456789012345678901234567890.12345678901234567890",
        "123456789012345678901234567890.12345678901234567890",
    ),
    ("numeric", "1.50", "1.50"),
    ("numeric", "1e3", "1000"),
    ("numeric", r#""NaN""#, r#""NaN""#),
    ("numeric(10,3)", "1.5", "1.500"),
    ("float8", "0.1", "0.1"),
    ("float8", r#""-Infinity""#, r#""-Infinity""#),
    ("float4", "1e20", "1e+20"),
    ("text", r#""it's \"q\" \\ \n ż 𝄞""#, r#""it's \"q\" \\ \n ż 𝄞""#),
    ("text", "42", r#""42""#),
    ("text", "true", r#""true""#),
    ("text", "null", "null"),
    ("varchar(3)", r#""abc""#, r#""abc""#),
    ("name", r#""n""#, r#""n""#),
    (r#""char""#, r#""x""#, r#""x""#),
    ("date", r#""2026-11-22""#, r#""2026-11-22""#),
    ("timestamptz", r#""2026-11-22T10:00:00Z""#, r#""2026-11-22T10:00:00+00:00""#),
    ("timestamptz", r#""2026-11-22T10:00:00.5+02:00""#, r#""2026-11-22T08:00:00.5+00:00""#),
    ("timestamp", r#""2026-11-22T10:00:00""#, r#""2026-11-22T10:00:00""#),
    ("timetz", r#""10:00:00+02:00""#, r#""10:00:00+02:00""#),
    ("interval", r#""1 day 02:03:04""#, r#""1 day 02:03:04""#),
    ("interval", r#""P1DT2H""#, r#""1 day 02:00:00""#),
    ("uuid", r#""a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11""#, r#""a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11""#),
    ("inet", r#""10.0.0.1/8""#, r#""10.0.0.1/8""#),
    ("jsonb", r#"{"a": [1.50, null, "x\"y"]}"#, r#"{"a": [1.50, null, "x\"y"]}"#),
    ("jsonb", r#""{\"a\": 1}""#, r#"{"a": 1}"#),
    ("jsonb", r#""\"abc\"""#, r#""abc""#),
    ("jsonb", r#""null""#, "null"),
    ("jsonb", "12345678901234567890.10", "12345678901234567890.10"),
    ("json", r#"[true, {"k": []}]"#, r#"[true, {"k": []}]"#),
    ("bytea", r#""\\x00ff""#, r#""\\x00ff""#),
    ("bytea", r#"{"base64": "SGVsbG8="}"#, r#""\\x48656c6c6f""#),
    ("integer[]", "[]", "[]"),
    ("integer[]", "[[1, 2], [3, null]]", "[[1, 2], [3, null]]"),
    ("integer[]", r#""{1,2}""#, "[1, 2]"),
    (
        "text[]",
        r#"["", "null", null, "a b", "q\"\\", "{,}", "\n"]"#,
        r#"["", "null", null, "a b", "q\"\\", "{,}", "\n"]"#,
    ),
    ("box[]", r#"["(1,1),(0,0)", "(3,3),(2,2)"]"#, r#"["(1,1),(0,0)", "(3,3),(2,2)"]"#),
    ("bytea[]", r#"["\\x00", {"base64": "/w=="}]"#, r#"["\\x00", "\\xff"]"#),
    ("jsonb[]", r#"[{"a": [1]}, [2], "\"s\"", 3, null]"#, r#"[{"a": [1]}, [2], "s", 3, null]"#),
    ("timestamptz[]", r#"["2026-11-22T10:00:00Z"]"#, r#"["2026-11-22T10:00:00+00:00"]"#),
    ("int4range", r#""[1,5]""#, r#""[1,6)""#),
    ("int4range", r#"{"lower": 1, "upper": 5, "bounds": "[]"}"#, r#""[1,6)""#),
    ("int4range", r#"{"lower": null, "upper": 5}"#, r#""(,5)""#),
    ("int4range", r#""empty""#, r#""empty""#),
    ("tstzrange", r#"{"lower": "2026-01-01T00:00:00Z"}"#, r#""[\"2026-01-01 00:00:00+00\",)""#),
    ("labels", r#"{"lower": "a \"b\"", "upper": "b,\\c"}"#, r#""[\"a \"\"b\"\"\",\"b,\\\\c\")""#),
    ("int4range[]", r#"["[1,2)", {"lower": 5}]"#, r#"["[1,2)", "[5,)"]"#),
    ("mood", r#""very happy""#, r#""very happy""#),
    ("mood[]", r#"["sad", "qu\"oted", ""]"#, r#"["sad", "qu\"oted", ""]"#),
    ("pair", r#"{"a": "x \"y\" \\ (z),", "B b": 7}"#, r#"{"a": "x \"y\" \\ (z),", "B b": 7}"#),
    ("pair", r#"{"a": ""}"#, r#"{"a": "", "B b": null}"#),
    ("pair", r#"["x", 1]"#, r#"{"a": "x", "B b": 1}"#),
    (
        "pair[]",
        r#"[{"a": "x, y"}, null, ["q\"", 2]]"#,
        r#"[{"a": "x, y", "B b": null}, null, {"a": "q\"", "B b": 2}]"#,
    ),
    (
        r#""Odd Schema".nested"#,
        r#"{"p": {"a": "a \"b\""}, "many": [["c,\"", 1]], "day": "2026-11-22", "j": {"k": "\"\\"}, "empty": ""}"#,
        r#"{"p": {"a": "a \"b\"", "B b": null}, "many": [{"a": "c,\"", "B b": 1}], "day": "2026-11-22", "j": {"k": "\"\\"}, "empty": ""}"#,
    ),
    ("positive", "12.5", "12.500"),
    ("positive[]", "[1, null]", "[1.000, null]"),
    ("label", r#""l""#, r#""l""#),
    (
        "hstore",
        r#"{"a": "x \"y\" \\", "b": null, "c d": 1}"#,
        r#"{"a": "x \"y\" \\", "b": null, "c d": "1"}"#,
    ),
    ("ltree", r#""a.b""#, r#""a.b""#),
    ("citext", r#""AbC""#, r#""AbC""#),
    ("tsquery", r#""a & (b | c)""#, r#""'a' & ( 'b' | 'c' )""#),
    ("point", r#""(1,2.5)""#, r#""(1,2.5)""#),
    ("int2vector", "[1, 2]", "[1, 2]"),
    ("varbit", r#""101""#, r#""101""#),
];

/// JSON values mean in the server what they say.
pub(crate) async fn json_parameters_mean_what_they_say(client: &Client) {
    let mut differences = Vec::new();
    for (ty, given, expected) in ECHOED {
        match echo(client, ty, &parse(given)).await {
            // The order of keys is the server's; numbers compare by their digits.
            Ok((found, _)) if found == parse(expected) => {}
            found => differences.push(format!("{ty}: {given} gave {found:?}, not {expected}")),
        }
    }
    assert_none(differences);
}

/// What a column gave as JSON is, as a parameter of its type, the same value again.
pub(crate) async fn what_comes_out_goes_back_in(client: &Client) {
    let mut differences = Vec::new();
    for expression in expressions(client).await {
        let sql = format!("SELECT {expression}");
        let type_of = format!("SELECT pg_typeof({expression})");
        let (_, rows) = decoded(client, &sql).await;
        let out = &rows[0][0];
        let ty = printed(client, &type_of).await[0][0].clone().unwrap();
        if !has_a_way_back(expression, &ty, &out.json) {
            continue;
        }
        // A cast to these cuts to one bit and one character.
        let ty = match ty.as_str() {
            "bit" => "varbit",
            "bit[]" => "varbit[]",
            "character" => "bpchar",
            other => other,
        };
        match echo(client, ty, &parse(&out.json)).await {
            Ok((_, text)) if text == out.text => {}
            // The layout of json is not part of the value.
            Ok((json, _)) if ty == "json" && json == parse(&out.json) => {}
            found => differences.push(format!("{ty}: {} came back as {found:?}", out.json)),
        }
    }
    assert_none(differences);
}

/// Anonymous records have no type to cast to; a string for `json` and `jsonb` is JSON text, so that scalars
/// need another pair of quotes; lower bounds of an array are not part of its JSON form.
fn has_a_way_back(expression: &str, ty: &str, json: &str) -> bool {
    let is_json_scalar = ty.starts_with("json") && ty != "jsonpath" && !json.starts_with('{');
    let has_bounds = expression.starts_with("'[") && ty.ends_with("[]");
    !(ty.starts_with("record") || is_json_scalar || has_bounds)
}

/// Strings of every awkward character survive alone, in arrays, composites, ranges, hstore and JSON.
pub(crate) async fn awkward_strings_survive_every_nesting(client: &Client) {
    let mut differences = Vec::new();
    let pieces = [
        "\"", "\\", "'", "{", "}", "(", ")", "[", "]", ",", ";", ":", " ", "\n", "\t", "\u{b}", "\u{1}",
        "$1", "NULL", "null", "=>", "é", "☃", "𝄞", "\u{feff}", "\u{200b}", "--", "/*", "%", "a", "", "\\x",
        "E''",
    ];
    for left in pieces {
        for right in pieces {
            let text = format!("{left}{right}");
            for (ty, value) in [
                ("text[]", json!([text, text, null])),
                ("text[]", json!([[text], ["x"]])),
                ("pair[]", json!([{"a": text, "B b": 1}, null])),
                ("hstore[]", json!([{text.as_str(): text, "other": null}])),
                ("jsonb[]", json!([{text.as_str(): [text]}])),
                (
                    "\"Odd Schema\".nested",
                    json!({"p": {"a": text, "B b": null}, "many": [{"a": text, "B b": 0}],
                    "day": null, "j": {"k": text}, "empty": text}),
                ),
            ] {
                match echo(client, ty, &value).await {
                    Ok((found, _)) if found == value => {}
                    found => differences.push(format!("{ty}: {value} gave {found:?}")),
                }
            }
        }
    }
    assert_none(differences);
}

/// Values that do not fit are refused before the server sees them, with what would fit.
pub(crate) async fn misfits_say_what_would_fit(client: &Client) {
    for (ty, value, expected) in [
        (
            "integer",
            json!("abc"),
            "parameter $1: expected integer, found string \"abc\"; pass a whole number",
        ),
        (
            "mood",
            json!("oki"),
            "parameter $1: expected mood, found string \"oki\"; pass one of its labels: \"ok\", \"sad\"",
        ),
        ("pair", json!({"b": 1}), "there is no field \"b\": the fields are a, B b"),
        (
            "\"Odd Schema\".nested",
            json!({"p": {"B b": "x"}}),
            "expected \"Odd Schema\".nested, found string \"x\" at .p.B b",
        ),
        ("positive[]", json!(["x"]), "expected positive[], found string \"x\" at [0]"),
        ("jsonb", json!("abc"), "needs its own quotes inside: \"\\\"abc\\\"\""),
    ] {
        let error = echo(client, ty, &value).await.unwrap_err();
        assert!(error.contains(expected), "{ty}: {error}");
    }
    let statement = client.prepare("SELECT $1::integer, $2::text, $3::date[]").await.unwrap();
    match bind(&[json!(1)], statement.params()) {
        Err(error @ BindError::Count { .. }) => {
            assert!(error.to_string().ends_with("add a value for $2 (text), $3 (date[])"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}
