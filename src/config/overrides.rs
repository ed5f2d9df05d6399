//! `--set limits.memory=8GiB`: one value of the tree replaced before it is checked, so overrides are checked the same.

use super::diagnostic::{Finding, did_you_mean, quoted};
use super::place::Place;
use super::read::{StepNames, derived_name};
use super::schema::{Kind, ROOT, STEP_KINDS, Table, variant};
use super::tree::{self, Field, Fields, Node, NodeValue};

/// One word of a dotted path and where it stands.
struct Segment<'a> {
    word: &'a str,
    place: Place,
}

/// Applies `path=value`, which is text number `text`, to the tree.
///
/// The path is made of keys; members of lists of tables go by their name: `step.NAME.filter.bounds.RULE=1`. The value
/// is TOML; what is not TOML is taken as text, so that `8GiB` needs no quotes.
pub(super) fn apply(fields: &mut Fields, assignment: &str, text: u32, findings: &mut Vec<Finding>) {
    let Some((path, value)) = assignment.split_once('=') else {
        let place = Place::new(text, 0..assignment.len());
        let message = format!("{} sets nothing", quoted(assignment));
        findings.push(Finding::error("C025", place, message).hint("write `--set limits.memory=8GiB`"));
        return;
    };
    let segments = segments(path, text);
    let start = path.len() + 1 + (value.len() - value.trim_start().len());
    let Some(node) = value_node(value.trim(), text, start, findings) else {
        return;
    };
    if let Err(finding) = set(fields, &segments, node) {
        findings.push(*finding);
    }
}

/// Puts `dir` into `output.dir`, as `--out` does; it is text number `text`.
pub(super) fn set_output(fields: &mut Fields, dir: &str, text: u32) {
    let place = Place::new(text, 0..dir.len());
    let empty = || Node { place, value: NodeValue::Table(Fields::new()) };
    let output = fields.entry("output".to_owned()).or_insert_with(|| Field { key: place, node: empty() });
    if let NodeValue::Table(output) = &mut output.node.value {
        let node = Node { place, value: NodeValue::Text(dir.to_owned()) };
        output.insert("dir".to_owned(), Field { key: place, node });
    }
}

fn segments(path: &str, text: u32) -> Vec<Segment<'_>> {
    let mut offset = 0;
    let mut out = Vec::new();
    for part in path.split('.') {
        let word = part.trim();
        let start = offset + (part.len() - part.trim_start().len());
        out.push(Segment { word, place: Place::new(text, start..start + word.len()) });
        offset += part.len() + 1;
    }
    out
}

fn value_node(value: &str, text: u32, start: usize, findings: &mut Vec<Finding>) -> Option<Node> {
    let place = Place::new(text, start..start + value.len());
    if let Some(node) = tree::parse_value(value, text, start, findings) {
        return Some(node);
    }
    if value.is_empty() || value.starts_with(['"', '\'', '[', '{']) {
        let message = format!("{} is not a TOML value", quoted(value));
        findings.push(
            Finding::error("C025", place, message)
                .hint("quote the whole argument for the shell: `--set 'a.b=[\"x\"]'`"),
        );
        return None;
    }
    Some(Node { place, value: NodeValue::Text(value.to_owned()) })
}

/// Walks down the path, making tables on the way, and puts the value at its end.
fn set(fields: &mut Fields, segments: &[Segment<'_>], node: Node) -> Result<(), Box<Finding>> {
    let mut fields = fields;
    let mut table: &'static Table = &ROOT;
    let mut rest = segments;
    loop {
        let (segment, after) = rest.split_first().ok_or_else(|| too_short(segments))?;
        let key = table.key(segment.word).ok_or_else(|| unknown(segment, table))?;
        if after.is_empty() {
            if matches!(key.kind, Kind::Tables(_)) {
                return Err(too_short(segments));
            }
            fields.insert(key.name.to_owned(), Field { key: segment.place, node });
            return Ok(());
        }
        match key.kind {
            Kind::Tables(inner) => {
                let member = member(fields, key.name, &after[0], inner)?;
                (fields, table, rest) = (member, inner, &after[1..]);
            }
            Kind::Numbers | Kind::Lists if after.len() == 1 => {
                let numbers = enter(fields, key.name, segment.place)?;
                numbers.insert(after[0].word.to_owned(), Field { key: after[0].place, node });
                return Ok(());
            }
            Kind::Tagged(tag, variants) => {
                fields = enter(fields, key.name, segment.place)?;
                let word = fields.get(tag).and_then(|field| field.node.as_text());
                (table, rest) = (variant(variants, word), after);
            }
            kind => {
                let inner = kind.table().ok_or_else(|| nothing_below(segment, &after[0]))?;
                fields = enter(fields, key.name, segment.place)?;
                (table, rest) = (inner, after);
            }
        }
    }
}

/// The table under `key`: as it is, made anew, or made of a filter's short form.
fn enter<'f>(fields: &'f mut Fields, key: &str, place: Place) -> Result<&'f mut Fields, Box<Finding>> {
    let empty = || Field { key: place, node: Node { place, value: NodeValue::Table(Fields::new()) } };
    let node = &mut fields.entry(key.to_owned()).or_insert_with(empty).node;
    if key == "filter"
        && let NodeValue::Text(_) = node.value
    {
        let short = node.clone();
        node.value = NodeValue::Table(Fields::from([("name".to_owned(), Field { key: short.place, node: short })]));
    }
    match &mut node.value {
        NodeValue::Table(inner) => Ok(inner),
        _ => Err(Box::new(Finding::error("C025", place, format!("`{key}` is not a table in the config")))),
    }
}

/// The member of a list of tables that is called so. Steps are also found among those of the sources.
fn member<'f>(
    fields: &'f mut Fields,
    list: &str,
    segment: &Segment<'_>,
    table: &'static Table,
) -> Result<&'f mut Fields, Box<Finding>> {
    let is_step = table.one_of == STEP_KINDS;
    let names = if is_step { step_names(fields) } else { plain_names(fields, list) };
    let Some((owner, index, _)) = names.iter().find(|(_, _, name)| name == segment.word) else {
        let hint = did_you_mean(segment.word, names.iter().map(|(_, _, name)| name.as_str()));
        let known = names.iter().take(20).map(|(_, _, name)| quoted(name)).collect::<Vec<_>>().join(", ");
        let finding = Finding::error("C025", segment.place, format!("no {list} is called {}", quoted(segment.word)));
        return Err(Box::new(finding.maybe_hint(hint).help(format!("there are {known}"))));
    };
    let lost = || Box::new(Finding::error("C025", segment.place, format!("{} is not a table", quoted(segment.word))));
    let mut home = fields;
    if let Some(source) = owner {
        home = entry_of(home, "source", *source).ok_or_else(lost)?;
    }
    entry_of(home, list, *index).ok_or_else(lost)
}

fn entry_of<'f>(fields: &'f mut Fields, list: &str, index: usize) -> Option<&'f mut Fields> {
    match &mut fields.get_mut(list)?.node.value {
        NodeValue::List(nodes) => match &mut nodes.get_mut(index)?.value {
            NodeValue::Table(fields) => Some(fields),
            _ => None,
        },
        _ => None,
    }
}

/// Where a member stands: the source that owns it (for steps), its index, its name.
type Member = (Option<usize>, usize, String);

fn plain_names(fields: &Fields, list: &str) -> Vec<Member> {
    let nodes = fields.get(list).and_then(|field| field.node.as_list()).unwrap_or_default();
    let name = |node: &Node| Some(node.as_table()?.get("name")?.node.as_text()?.to_owned());
    nodes.iter().enumerate().filter_map(|(index, node)| Some((None, index, name(node)?))).collect()
}

/// The names of steps as the config will have them, in the same order: those of the sources, then the shared ones.
/// Under one source's table, its own steps only.
fn step_names(fields: &Fields) -> Vec<Member> {
    let mut names = StepNames::new(fields);
    let mut out = Vec::new();
    let mut add = |owner: Option<usize>, source: &str, fields: &Fields| {
        let nodes = fields.get("step").and_then(|field| field.node.as_list()).unwrap_or_default();
        for (index, node) in nodes.iter().enumerate() {
            let Some(step) = node.as_table() else {
                continue;
            };
            let given = step.get("name").and_then(|field| field.node.as_text()).map(str::to_owned);
            out.push((owner, index, given.unwrap_or_else(|| names.derive(source, &derived_name(step)))));
        }
    };
    let sources = fields.get("source").and_then(|field| field.node.as_list()).unwrap_or_default();
    for (index, node) in sources.iter().enumerate() {
        let Some(source) = node.as_table() else {
            continue;
        };
        let name = source.get("name").and_then(|field| field.node.as_text()).unwrap_or_default();
        add(Some(index), name, source);
    }
    let own = fields.get("paths").and(fields.get("name")).and_then(|field| field.node.as_text()).unwrap_or_default();
    add(None, own, fields);
    out
}

fn unknown(segment: &Segment<'_>, table: &'static Table) -> Box<Finding> {
    let known = table.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let finding =
        Finding::error("C025", segment.place, format!("unknown key {}{}", quoted(segment.word), table.within()));
    Box::new(finding.maybe_hint(did_you_mean(segment.word, table.names())).help(format!("the keys here are {known}")))
}

fn nothing_below(segment: &Segment<'_>, below: &Segment<'_>) -> Box<Finding> {
    Box::new(Finding::error("C025", below.place, format!("{} has no keys of its own", quoted(segment.word))))
}

fn too_short(segments: &[Segment<'_>]) -> Box<Finding> {
    let place = segments.last().map_or(Place::NOWHERE, |segment| segment.place);
    let finding = Finding::error("C025", place, "the path ends before it names a value");
    Box::new(finding.hint("name the member and its key: `step.NAME.KEY=VALUE`"))
}
