//! The perplexity step as an object: models and tokenizers loaded, cut-offs read.

use super::super::AssemblyError;
use super::super::packed::unpacked;
use super::{Builder, Made, refused, refused_file, rule};
use crate::classify::kenlm::Model;
use crate::config::{self, PerplexityPrepare};
use crate::document::Bins;
use crate::language::{Tag, TagMap};
use crate::plan::{MetricColumn, PlannedRule};
use crate::steps::{Bucket, PERPLEXITY_HIGH, PERPLEXITY_LOW, PerplexityForm, PerplexityStep, Scorer, Work};
use crate::storage::capped::Caps;
use std::sync::Arc;

/// A language, and where its head and its middle end.
type Cutoffs = (String, (f64, f64));

/// Longest `.arpa` file after decompression. Larger models are kept as binary files, which are not compressed.
const LONGEST: u64 = 16 << 30;

impl Builder<'_> {
    pub(super) fn perplexity(&mut self, name: &str, one: &config::Perplexity) -> Result<Made, AssemblyError> {
        let mut scorers = Vec::new();
        let mut said = Vec::new();
        for wanted in &one.models {
            let path = &wanted.model.value;
            let bytes = self.reference(path, wanted.sha256.as_ref())?;
            let caps = Caps { record_bytes: LONGEST, ..Caps::default() };
            let bytes = unpacked(path, bytes, &caps).map_err(|why| refused(&why))?;
            let model = Model::from_bytes(bytes).map_err(|error| refused_file(path, &error))?;
            let encoder = wanted.tokenizer.as_ref().map(|path| self.encoder(&path.value, None, None)).transpose()?;
            let pieces = wanted.tokenizer.as_ref().map_or(String::new(), |path| format!(" on {}", path.value));
            let (language, order) = (&wanted.language.value, model.order());
            said.push(format!("{language}: {path}{pieces}, order {order}, {} words", model.words()));
            scorers.push((language.clone(), Scorer::new(Arc::new(model), encoder)));
        }
        if scorers.is_empty() {
            return Err(refused(&format!("step `{name}` has no model")));
        }
        let cutoffs = self.cutoffs(one)?;
        let rules = self.perplexity_columns(name, one, cutoffs.is_some());
        let step = PerplexityStep {
            scorers: TagMap::new(scorers),
            cutoffs,
            form: match one.prepare {
                PerplexityPrepare::CcNet => PerplexityForm::CcNet,
                PerplexityPrepare::CcNetLines => PerplexityForm::CcNetLines,
                PerplexityPrepare::Plain => PerplexityForm::Plain,
            },
            keep: one.keep.iter().map(|&bucket| self::bucket(bucket)).collect(),
            min: one.min_perplexity,
            max: one.max_perplexity,
            column: self.metrics.len() - 2,
            name: Arc::from(name),
        };
        let summary = format!("{}, text as {}", said.join("; "), one.prepare.word());
        let work = if step.cutoffs.is_some() { Work::Edit(Box::new(step)) } else { Work::Judge(Box::new(step)) };
        Ok((work, summary, rules))
    }

    /// Adds the columns of the step, and tells its rules.
    fn perplexity_columns(&mut self, name: &str, one: &config::Perplexity, buckets: bool) -> Vec<PlannedRule> {
        let metric = format!("{name}/perplexity");
        let doc = "10 to the power of the mean negative log10 of a word".to_owned();
        self.metrics.push(MetricColumn { name: metric.clone(), doc, bins: Bins::Log });
        let doc = "share of words that the model does not know".to_owned();
        self.metrics.push(MetricColumn { name: format!("{name}/unknown-words"), doc, bins: Bins::Unit });
        let low = one.min_perplexity.map(|bound| rule(PERPLEXITY_LOW, &metric, "<", bound));
        let high = one.max_perplexity.map(|bound| rule(PERPLEXITY_HIGH, &metric, ">", bound));
        let kept: Vec<Bucket> = one.keep.iter().map(|&one| bucket(one)).collect();
        let gone = Bucket::EVERY.into_iter().filter(|bucket| buckets && !kept.contains(bucket));
        let gone = gone.map(|bucket| PlannedRule {
            name: bucket.rule().to_owned(),
            metric: metric.clone(),
            trips: "per language".to_owned(),
            bound: String::new(),
        });
        low.into_iter().chain(high).chain(gone).collect()
    }

    /// The cut-offs of head and middle: a model's own, else those of the table.
    fn cutoffs(&mut self, one: &config::Perplexity) -> Result<Option<TagMap<(f64, f64)>>, AssemblyError> {
        let mut found = Vec::new();
        if let Some(path) = &one.cutoffs {
            let path = &path.value;
            let bytes = self.reference(path, None)?;
            let text = String::from_utf8(bytes).map_err(|_| refused(&format!("`{path}` is not UTF-8")))?;
            let rows = [one.head_percentile, one.middle_percentile];
            found = table(&text, rows).map_err(|why| refused(&format!("`{path}` cannot be used: {why}")))?;
            // A column is another spelling of a model's language: the model's own cut-offs win.
            let own = |column: &str| {
                let given = one.models.iter().filter(|model| model.head.is_some());
                given.into_iter().any(|model| Tag::of(&model.language.value).fits(&Tag::of(column)) == Some(0))
            };
            found.retain(|(column, _)| !own(column));
        }
        for model in &one.models {
            if let (Some(head), Some(middle)) = (model.head, model.middle) {
                found.push((model.language.value.clone(), (head, middle)));
            }
        }
        Ok((!found.is_empty()).then(|| TagMap::new(found)))
    }
}

fn bucket(word: config::Bucket) -> Bucket {
    match word {
        config::Bucket::Head => Bucket::Head,
        config::Bucket::Middle => Bucket::Middle,
        config::Bucket::Tail => Bucket::Tail,
        config::Bucket::All => Bucket::All,
    }
}

/// Two rows of a table of percentiles, by the languages of its columns.
fn table(text: &str, rows: [u32; 2]) -> Result<Vec<Cutoffs>, String> {
    let mut lines = text.lines().map(|line| line.trim_end().split(',').map(str::trim).collect::<Vec<&str>>());
    let header = lines.next().ok_or("it is empty")?;
    let mut values = [None, None];
    for (number, line) in (2..).zip(lines) {
        let Some(percentile) = line[0].parse::<u32>().ok() else {
            return Err(format!("line {number} does not begin with the number of a percentile"));
        };
        for (place, _) in rows.iter().enumerate().filter(|(_, row)| **row == percentile) {
            let numbers: Option<Vec<f64>> = line[1..].iter().map(|value| value.parse().ok()).collect();
            let numbers = numbers.filter(|numbers| numbers.len() + 1 == header.len());
            values[place] = Some(numbers.ok_or(format!("line {number} does not hold {} numbers", header.len() - 1))?);
        }
    }
    let missing = |row: u32| format!("it has no line for percentile {row}");
    let [head, middle] = values;
    let head = head.ok_or_else(|| missing(rows[0]))?;
    let middle = middle.ok_or_else(|| missing(rows[1]))?;
    let columns = header[1..].iter().map(|language| (*language).to_owned());
    Ok(columns.zip(head.into_iter().zip(middle)).collect())
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn two_rows_of_a_table_of_percentiles() {
        let text = ",de,it\r\n0,0,0\n30,150,100\n60,300,250.5\n";
        let wanted = vec![("de".to_owned(), (150.0, 300.0)), ("it".to_owned(), (100.0, 250.5))];
        assert_eq!(table(text, [30, 60]), Ok(wanted));
        let same = table(text, [30, 30]).unwrap();
        assert_eq!(same[0].1, (150.0, 150.0));
        let said = |text: &str, rows| table(text, rows).unwrap_err();
        assert_eq!(said(text, [30, 61]), "it has no line for percentile 61");
        assert_eq!(said("", [30, 60]), "it is empty");
        assert_eq!(said(",de\nx,1\n", [0, 1]), "line 2 does not begin with the number of a percentile");
        assert_eq!(said(",de\n0,1,2\n", [0, 1]), "line 2 does not hold 1 numbers");
    }
}
