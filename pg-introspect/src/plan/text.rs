//! A plan as people read it: the shape of EXPLAIN's own text form, made from the JSON form so that one EXPLAIN gives both.

use std::fmt::{self, Write as _};

use super::{Explained, node::Node};

/// The plan as indented text.
pub(crate) fn plan_text(explained: &Explained) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _written = write_plan(&mut text, explained);
    text
}

fn write_plan(text: &mut String, explained: &Explained) -> fmt::Result {
    let mut open = vec![(&explained.plan, 0)];
    while let Some((node, depth)) = open.pop() {
        write_node(text, node, depth)?;
        open.extend(node.plans.iter().rev().map(|child| (child, depth + 1)));
    }
    for trigger in &explained.triggers {
        let name = trigger.constraint.as_ref().or(trigger.name.as_ref());
        let time = trigger.time.unwrap_or_default();
        writeln!(
            text,
            "Trigger {}: time={time:.3} calls={}",
            name.map_or("", String::as_str),
            trigger.calls
        )?;
    }
    if let Some(timing) = explained.jit.as_ref().and_then(|jit| jit.timing.as_ref()) {
        writeln!(text, "JIT: {:.3} ms", timing.total)?;
    }
    if let Some(time) = explained.planning_time {
        writeln!(text, "Planning Time: {time:.3} ms")?;
    }
    if let Some(time) = explained.execution_time {
        writeln!(text, "Execution Time: {time:.3} ms")?;
    }
    Ok(())
}

fn write_node(text: &mut String, node: &Node, depth: usize) -> fmt::Result {
    let indent = depth.saturating_mul(6).saturating_sub(4);
    if let Some(name) = &node.subplan_name {
        writeln!(text, "{:indent$}{name}", "")?;
    }
    let arrow = if depth > 0 { "->  " } else { "" };
    write!(
        text,
        "{:indent$}{arrow}{}  (cost={:.2}..{:.2} rows={:.0} width={:.0})",
        "",
        node.label(),
        node.startup_cost,
        node.total_cost,
        node.plan_rows,
        node.plan_width
    )?;
    match (node.loops(), node.actual_total_ms, node.actual_rows) {
        (Some(0.0), ..) => write!(text, " (never executed)")?,
        (Some(loops), Some(total), Some(rows)) => write!(
            text,
            " (actual time={:.3}..{total:.3} rows={rows} loops={loops})",
            node.actual_startup_ms.unwrap_or_default()
        )?,
        _ => {}
    }
    writeln!(text)?;
    let indent = depth.saturating_mul(6).saturating_add(2);
    for (name, value) in details(node) {
        writeln!(text, "{:indent$}{name}: {value}", "")?;
    }
    Ok(())
}

/// The lines below a node.
fn details(node: &Node) -> Vec<(&'static str, String)> {
    let mut details: Vec<(&'static str, String)> = Vec::new();
    let mut text = |name, value: Option<String>| details.extend(value.map(|value| (name, value)));
    text("Sort Key", node.sort_key.as_ref().map(|key| key.join(", ")));
    text("Group Key", node.group_key.as_ref().map(|key| key.join(", ")));
    text("Index Cond", node.index_condition.clone());
    text("Recheck Cond", node.recheck_condition.clone());
    text("Hash Cond", node.hash_condition.clone());
    text("Merge Cond", node.merge_condition.clone());
    text("Join Filter", node.join_filter.clone());
    text("Rows Removed by Join Filter", nonzero(node.rows_removed_by_join_filter));
    text("One-Time Filter", node.one_time_filter.clone());
    text("Filter", node.filter.clone());
    text("Rows Removed by Filter", nonzero(node.rows_removed_by_filter));
    text("Rows Removed by Index Recheck", nonzero(node.rows_removed_by_recheck));
    text("Sort Method", node.sort_method.as_ref().map(|method| sort_method(method, node)));
    text("Batches", nonzero(node.hash_batches.or(node.aggregate_batches)));
    text("Memory Usage", nonzero(node.peak_memory_kb).map(|size| format!("{size} kB")));
    text("Disk Usage", nonzero(node.disk_usage_kb).map(|size| format!("{size} kB")));
    text("Heap Blocks", heap_blocks(node));
    text("Heap Fetches", nonzero(node.heap_fetches));
    text("Workers Planned", nonzero(node.workers_planned));
    text("Workers Launched", node.workers_launched.map(|workers| workers.to_string()));
    text("Buffers", buffers(node));
    details
}

fn nonzero(number: Option<f64>) -> Option<String> {
    number.filter(|number| *number > 0.0).map(|number| number.to_string())
}

fn sort_method(method: &str, node: &Node) -> String {
    let kind = node.sort_space_type.as_deref().unwrap_or_default();
    format!("{method}  {kind}: {} kB", node.sort_space_kb.unwrap_or_default())
}

fn heap_blocks(node: &Node) -> Option<String> {
    let parts = [("exact", node.exact_heap_blocks), ("lossy", node.lossy_heap_blocks)];
    joined(&parts)
}

fn buffers(node: &Node) -> Option<String> {
    let parts = [
        ("shared hit", node.shared_hit_blocks),
        ("read", node.shared_read_blocks),
        ("temp written", node.temp_written_blocks),
    ];
    joined(&parts)
}

/// The numbers that are not zero, each with its name.
fn joined(parts: &[(&str, Option<f64>)]) -> Option<String> {
    let told: Vec<String> =
        parts.iter().filter_map(|(name, number)| Some(format!("{name}={}", nonzero(*number)?))).collect();
    (!told.is_empty()).then(|| told.join(" "))
}
