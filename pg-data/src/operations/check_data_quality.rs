//! check_data_quality: whether the data is what a suite says that it should be.

use std::time::Instant;

use async_trait::async_trait;
use pg_core::{
    Call, Connection, Effect, Error, Example, Exit, Operation, Report, ReportItem, ReportSection, Severity,
    Toolset,
};
use serde::{Deserialize, Serialize};

use crate::quality::{
    Asked, CheckedRule, Found, History, Kind, Run, Running, Suite, counted, run, sample, score, suggest,
    worst,
};

/// Bytes of JSON that make a token, on the large side.
const BYTES_A_TOKEN: usize = 3;
/// Failing rows that are told of a check at most.
const MOST_ROWS: u32 = 100;

/// Check data quality by a suite in TOML: completeness, uniqueness, accepted values, ranges, patterns, references, freshness, row
/// counts, drift, sums, SQL; score, failing rows by key, trend.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct CheckDataQualityInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The suite; on a command line also its file. Without it one is suggested and run.
    #[cfg_attr(feature = "cli", arg())]
    pub suite: Option<String>,
    /// Tables to suggest it for.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    pub tables: Vec<String>,
    /// Only suggest.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub suggest: bool,
    /// Read this share of the pages.
    #[cfg_attr(feature = "cli", arg(long))]
    pub sample_percent: Option<f64>,
    /// Failing rows to show a check.
    #[serde(default = "five")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = five()))]
    pub failing_rows: u32,
    /// Earlier runs: `database` (its toolkit.quality_runs), or `history` of the last answer, [] at first; on a command line a file.
    #[cfg_attr(feature = "cli", arg(long))]
    pub history: Option<String>,
    /// The largest answer, in tokens.
    #[serde(default = "tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = tokens()))]
    pub max_tokens: u32,
}

fn five() -> u32 {
    5
}

fn tokens() -> u32 {
    8_000
}

/// How good the data is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckDataQualityOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The suite's name.
    pub name: String,
    /// The worst status of a check.
    pub status: Severity,
    /// From 0 to 100, by severity and share of failing rows; null where nothing could be looked at.
    pub score: Option<f64>,
    /// Whether a check warns, is critical or unknown.
    pub failed: bool,
    /// How many checks ended how.
    pub summary: QualitySummary,
    /// The checks, the worst first.
    pub checks: Vec<CheckedRule>,
    /// Checks that are not told because they did not fit into `max_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checks_left_out: Option<usize>,
    /// The share of the tables' pages that was read, where not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_percent: Option<f64>,
    /// What changed since the last run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trend: Option<QualityTrend>,
    /// The runs, this one too, for the next call's `history`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    /// The suite that was suggested, in TOML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// What there is to know about it.
    pub notes: Vec<String>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// How many checks ended how.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QualitySummary {
    /// That failed and are critical.
    pub critical: u32,
    /// That failed with a warning.
    pub warning: u32,
    /// That could not look.
    pub unknown: u32,
    /// With something to know.
    pub info: u32,
    /// That hold.
    pub ok: u32,
}

/// What changed since the last run.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QualityTrend {
    /// Earlier runs of this suite.
    pub runs: usize,
    /// When the last one was.
    pub last_at: String,
    /// Its score.
    pub last_score: Option<f64>,
    /// How much better the score is now; worse below 0.
    pub score_change: Option<f64>,
    /// The scores of the runs, the oldest first and this one last.
    pub scores: Vec<Option<f64>>,
    /// Checks with more failing rows than in the last run.
    pub worse: Vec<String>,
    /// Checks with fewer.
    pub better: Vec<String>,
}

/// The operation check_data_quality.
#[derive(Debug)]
pub struct CheckDataQuality;

#[async_trait]
impl Operation for CheckDataQuality {
    type Input = CheckDataQualityInput;
    type Output = CheckDataQualityOutput;
    const NAME: &'static str = "check_data_quality";
    const SHORT_NAME: Option<&'static str> = Some("quality");
    const TITLE: &'static str = "Quality of data";
    // The data is only read; `history` may be kept in the database.
    const EFFECT: Effect = Effect::Statement;
    const TOOLSET: Toolset = Toolset::Data;
    const REPORTS: bool = true;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Does every order line hold a quantity, and does every product code stand for one product?",
        arguments: r#"{"suite": "name = 'shop'\n[[checks]]\ncheck = 'range'\ntable = 'order_items'\ncolumn = 'quantity'\nmin = 1\n[[checks]]\ncheck = 'unique'\ntable = 'products'\ncolumn = 'product_code'\n", "failing_rows": 2}"#,
    }];

    async fn run(call: &Call, input: CheckDataQualityInput) -> Result<CheckDataQualityOutput, Error> {
        let clock = Instant::now();
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let mut output = checked(call, &connection, &input).await?;
        output.duration_ms = clock.elapsed().as_secs_f64() * 1000.0;
        Ok(output)
    }

    fn report(output: &CheckDataQualityOutput) -> Option<Report> {
        let section = section(output);
        Some(Report {
            title: "Data quality".to_owned(),
            summary: section.title.clone(),
            sections: vec![section],
        })
    }

    fn exit(output: &CheckDataQualityOutput) -> Exit {
        if output.failed { Exit::Findings } else { Exit::Ok }
    }
}

async fn checked(
    call: &Call,
    connection: &Connection,
    input: &CheckDataQualityInput,
) -> Result<CheckDataQualityOutput, Error> {
    sample(input.sample_percent).map_err(Error::argument)?;
    let (suite, mut notes, suggested) = match &input.suite {
        Some(_) if input.suggest || !input.tables.is_empty() => {
            return Err(Error::argument(
                "`tables` and `suggest` are for suggesting a suite: leave `suite` out",
            ));
        }
        Some(given) => (Suite::of(call, given).await?, Vec::new(), None),
        None => {
            let (suite, notes) = suggest(call, connection, &input.tables).await?;
            let text = suite.to_text()?;
            // What is run is what is told: it is read as the caller will give it.
            (Suite::read(&text, "the suggestion")?, notes, Some(text))
        }
    };
    if input.suggest {
        return Ok(only_suggested(connection, suite.name, suggested, notes));
    }
    let history = match &input.history {
        Some(given) => Some(History::of(call, connection, &suite.name, given).await?),
        None => None,
    };
    let runs = history.as_ref().map(|history| history.of_suite(&suite.name)).unwrap_or_default();
    let sample_percent = input.sample_percent.or(suite.sample_percent).filter(|percent| *percent < 100.0);
    let running = Running {
        asked: Asked { call, connection },
        sample_percent,
        failing_rows: input.failing_rows.min(MOST_ROWS),
        earlier: &runs,
    };
    let Found { checks, notes: found } = run(&running, &suite).await?;
    notes.extend(found);
    let score = score(&checks);
    let now = Run {
        suite: suite.name.clone(),
        at: running.asked.moment().await?,
        score,
        sample_percent,
        checks: counted(&checks),
    };
    let trend = trend(&runs, &now);
    if runs.last().is_some_and(|last| last.sample_percent != sample_percent) {
        notes.push(
            "the last run read another share of the pages: numbers of rows cannot be compared with it"
                .to_owned(),
        );
    }
    if let Some(percent) = sample_percent {
        notes.push(format!(
            "{percent}% of each table's pages were read, so that rows outside them were not judged; tables of up to 1 MB, ages and \
             numbers of rows are read whole"
        ));
    }
    let (kept, unkept) = match history {
        Some(history) => history.keep(call, connection, now, bytes(input.max_tokens)).await?,
        None => (None, None),
    };
    notes.extend(unkept);
    let mut output = CheckDataQualityOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        name: suite.name,
        status: worst(&checks),
        score,
        failed: worst(&checks) >= Severity::Unknown,
        summary: summary(&checks),
        checks,
        checks_left_out: None,
        sample_percent,
        trend,
        history: kept,
        suite: suggested,
        notes,
        duration_ms: 0.0,
    };
    fit(&mut output, input.max_tokens);
    Ok(output)
}

/// The answer that holds a suggestion and nothing that was looked at.
fn only_suggested(
    connection: &Connection,
    name: String,
    suite: Option<String>,
    notes: Vec<String>,
) -> CheckDataQualityOutput {
    CheckDataQualityOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        name,
        status: Severity::Ok,
        score: None,
        failed: false,
        summary: QualitySummary::default(),
        checks: Vec::new(),
        checks_left_out: None,
        sample_percent: None,
        trend: None,
        history: None,
        suite,
        notes,
        duration_ms: 0.0,
    }
}

fn summary(checks: &[CheckedRule]) -> QualitySummary {
    let mut summary = QualitySummary::default();
    for check in checks {
        *match check.status {
            Severity::Ok => &mut summary.ok,
            Severity::Info => &mut summary.info,
            Severity::Unknown => &mut summary.unknown,
            Severity::Warning => &mut summary.warning,
            Severity::Critical => &mut summary.critical,
        } += 1;
    }
    summary
}

fn trend(runs: &[&Run], now: &Run) -> Option<QualityTrend> {
    let last = runs.last()?;
    let change = |worse: bool| {
        let changed = now.checks.iter().filter(|(name, counted)| {
            let before = last.checks.get(*name).and_then(|before| before.failing);
            counted
                .failing
                .zip(before)
                .is_some_and(|(now, before)| if worse { now > before } else { now < before })
        });
        changed.map(|(name, _)| name.clone()).collect()
    };
    Some(QualityTrend {
        runs: runs.len(),
        last_at: last.at.clone(),
        last_score: last.score,
        score_change: now.score.zip(last.score).map(|(now, last)| ((now - last) * 10.0).round() / 10.0),
        scores: runs.iter().map(|run| run.score).chain([now.score]).collect(),
        worse: change(true),
        better: change(false),
    })
}

/// How many bytes of JSON so many tokens are.
fn bytes(tokens: u32) -> usize {
    (tokens as usize).saturating_mul(BYTES_A_TOKEN)
}

/// Leaves out checks from the end, the best ones, until the answer fits.
fn fit(output: &mut CheckDataQualityOutput, max_tokens: u32) {
    let most = bytes(max_tokens);
    let mut size = 0;
    let fits = output.checks.iter().take_while(|check| {
        size += serde_json::to_string(check).map_or(usize::MAX / 2, |text| text.len() + 1);
        size <= most
    });
    let fits = fits.count().max(1).min(output.checks.len());
    let left_out = output.checks.len() - fits;
    output.checks.truncate(fits);
    output.checks_left_out = (left_out > 0).then_some(left_out);
}

fn section(output: &CheckDataQualityOutput) -> ReportSection {
    let QualitySummary { critical, warning, unknown, info, ok } = output.summary;
    let score = output.score.map_or("no score".to_owned(), |score| format!("score {score}"));
    let told = output.checks.iter().filter(|check| check.status != Severity::Ok);
    let items = told.map(|check| {
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == check.check);
        let looked = kind.filter(|_| check.status != Severity::Unknown);
        let rows: Vec<String> =
            check.failing_rows.iter().map(|row| serde_json::json!(row).to_string()).collect();
        let rows = if rows.is_empty() { String::new() } else { format!(": {}", rows.join(", ")) };
        ReportItem {
            severity: check.status,
            check: check.name.clone(),
            // A name that was made tells the table.
            object: check.table_name.clone().filter(|table| !check.name.contains(table.as_str())),
            message: format!("{}{rows}", check.message),
            why: looked.map_or("what was not looked at is not known to be right", Kind::why).to_owned(),
            advice: looked.map_or("mend the suite, or what it needs", Kind::advice).to_owned(),
            statements: Vec::new(),
        }
    });
    let passed = output.checks.iter().filter(|check| check.status == Severity::Ok);
    let mut facts = vec![
        ("connection".to_owned(), output.connection_id.clone()),
        ("suite".to_owned(), output.name.clone()),
        ("status".to_owned(), output.status.word().to_owned()),
        ("score".to_owned(), output.score.map_or("none".to_owned(), |score| score.to_string())),
        (
            "checks".to_owned(),
            format!("{critical} critical, {warning} warning, {unknown} unknown, {info} info, {ok} ok"),
        ),
        ("checks left out".to_owned(), output.checks_left_out.unwrap_or_default().to_string()),
    ];
    if let Some(percent) = output.sample_percent {
        facts.push(("sample".to_owned(), format!("{percent}% of the pages")));
    }
    if let Some(trend) = &output.trend {
        let change = trend.score_change.map_or("no score".to_owned(), |change| format!("{change:+}"));
        facts.push(("since the last run".to_owned(), format!("{change} ({})", trend.last_at)));
    }
    facts.push(("duration".to_owned(), format!("{:.0} ms", output.duration_ms)));
    ReportSection {
        title: format!(
            "{}: {}, {score}, {critical} critical, {warning} warning, {unknown} unknown",
            output.name,
            output.status.word()
        ),
        facts,
        items: items.collect(),
        passed: passed.map(|check| check.name.clone()).collect(),
    }
}
