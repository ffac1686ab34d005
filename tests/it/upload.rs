//! A SARIF log as code scanning takes it in: what refuses an upload, hides a result, or makes a wrong alert of it, though
//! the schema permits it.
//!
//! Every test that makes a log asks [`complaints`] about it, and so does CI about the logs that it makes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use serde_json::Value;

/// The limits beyond which an upload is refused, or a part of it is dropped.
const MOST_RESULTS: usize = 5_000;
const MOST_RULES: usize = 25_000;
const MOST_TAGS: usize = 10;
const MOST_STEPS: usize = 1_000;
const MOST_RELATED: usize = 1_000;
/// Ten megabytes after compression, which takes nine tenths away at least.
const MOST_BYTES: usize = 100 * 1024 * 1024;
/// An alert is shown in a pull request only if the diff has all of its lines.
const MOST_LINES: u64 = 3;

/// Whom a log is for.
#[derive(Clone, Copy, PartialEq)]
pub enum For {
    /// GitHub, which makes an open alert of each result.
    GitHub,
    /// Readers of everything.
    Everybody,
}

/// The text of a file by its path, percent encoding removed; `None` if there is no such file.
pub type Texts<'t> = dyn Fn(&str) -> Option<String> + 't;

/// What is wrong with a log, in words; at most a few dozen.
pub fn complaints(bytes: &[u8], readers: For, texts: &Texts<'_>) -> Vec<String> {
    let mut check = Check { wrong: Vec::new(), texts, cache: BTreeMap::new(), readers };
    check.log(bytes);
    check.wrong.truncate(40);
    check.wrong
}

struct Check<'t> {
    wrong: Vec<String>,
    texts: &'t Texts<'t>,
    cache: BTreeMap<String, Option<String>>,
    readers: For,
}

impl Check<'_> {
    fn must(&mut self, holds: bool, place: &dyn Display, what: &str) {
        if !holds {
            self.wrong.push(format!("{place}: {what}"));
        }
    }

    fn log(&mut self, bytes: &[u8]) {
        self.must(bytes.len() <= MOST_BYTES, &"log", "too many bytes");
        let Ok(text) = std::str::from_utf8(bytes) else { return self.must(false, &"log", "is not UTF-8") };
        let log: Value = match serde_json::from_str(text) {
            Ok(log) => log,
            Err(error) => return self.must(false, &"log", &format!("is not JSON: {error}")),
        };
        self.must(keys_are_unique(text), &"log", "a key stands twice");
        // What is not in the format is refused by the schema: the types of the library know all of it.
        let known: Result<serde_sarif::sarif::Sarif, _> = serde_json::from_str(text);
        match known {
            Ok(known) => {
                let known = serde_json::to_value(&known).unwrap_or_default();
                self.must(known == log, &"log", "has what is not in the format");
            }
            Err(error) => self.must(false, &"log", &format!("is no SARIF: {error}")),
        }
        self.must(log["version"] == "2.1.0", &"log", "version");
        self.must(log["$schema"].as_str().is_some_and(|uri| uri.contains("sarif-2.1.0")), &"log", "schema");
        match log["runs"].as_array().map(Vec::as_slice) {
            Some([run]) => self.run(run),
            _ => self.must(false, &"log", "must have one run"),
        }
    }

    fn run(&mut self, run: &Value) {
        let driver = &run["tool"]["driver"];
        self.must(driver["name"] == "cfnward", &"tool", "a name that never changes");
        for key in ["version", "semanticVersion"] {
            self.must(filled(&driver[key]), &"tool", key);
        }
        self.must(run["tool"].get("extensions").is_none(), &"tool", "rules stand in the driver");
        self.must(run["columnKind"] == "utf16CodeUnits", &"run", "columns are counted in UTF-16 units");
        if let Some(details) = run.get("automationDetails") {
            let id = details["id"].as_str().unwrap_or_default();
            self.must(id.len() > 1 && id.ends_with('/'), &"run", "a category ends with a slash");
        }
        let rules = list(&driver["rules"]);
        self.must(driver["rules"].is_array() && rules.len() <= MOST_RULES, &"run", "rules");
        let ids: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
        self.must(ids.len() == rules.len(), &"run", "each rule has an id of its own");
        let taxonomies: BTreeMap<&str, BTreeSet<&str>> = list(&run["taxonomies"])
            .iter()
            .filter_map(|one| {
                Some((
                    one["name"].as_str()?,
                    list(&one["taxa"]).iter().filter_map(|taxon| taxon["id"].as_str()).collect(),
                ))
            })
            .collect();
        for rule in rules {
            self.rule(rule, &taxonomies);
        }
        self.invocations(run, driver, rules);
        self.must(run["results"].is_array(), &"run", "results are a list, also when there are none");
        let results = list(&run["results"]);
        let most = if self.readers == For::GitHub { MOST_RESULTS } else { usize::MAX };
        self.must(results.len() <= most, &"run", "too many results");
        let (mut identities, mut said) = (BTreeSet::new(), BTreeSet::new());
        for (number, result) in results.iter().enumerate() {
            self.result(number, result, rules, &mut identities, &mut said);
        }
    }

    fn rule(&mut self, rule: &Value, taxonomies: &BTreeMap<&str, BTreeSet<&str>>) {
        let id = format!("rule {}", rule["id"]);
        self.must(filled(&rule["id"]), &id, "id");
        let name = rule["name"].as_str().unwrap_or_default();
        let is_name = !name.is_empty() && name.chars().count() <= 255 && name.chars().all(char::is_alphanumeric);
        self.must(is_name && rule["name"] != rule["id"], &id, "name");
        for key in ["shortDescription", "fullDescription"] {
            let text = rule[key]["text"].as_str().unwrap_or_default();
            self.must(!text.is_empty() && text.chars().count() <= 1024, &id, key);
        }
        self.must(filled(&rule["help"]["text"]) && filled(&rule["help"]["markdown"]), &id, "help");
        self.must(rule["helpUri"].as_str().is_some_and(is_web), &id, "helpUri");
        let level = rule["defaultConfiguration"]["level"].as_str().unwrap_or_default();
        self.must(["error", "warning", "note"].contains(&level), &id, "level");
        let properties = &rule["properties"];
        for key in ["controls", "aliases", "category"] {
            self.must(properties.get(key).is_some(), &id, key);
        }
        let tags = list(&properties["tags"]);
        let unique: BTreeSet<&str> = tags.iter().filter_map(Value::as_str).collect();
        self.must(unique.len() == tags.len() && tags.len() <= MOST_TAGS, &id, "tags");
        let among = |key: &str, words: &[&str]| properties[key].as_str().is_some_and(|word| words.contains(&word));
        self.must(among("precision", &["very-high", "high", "medium", "low"]), &id, "precision");
        self.must(among("problem.severity", &["error", "warning", "recommendation"]), &id, "problem.severity");
        if let Some(severity) = properties.get("security-severity") {
            self.must(unique.contains("security"), &id, "the tag of security");
            let number =
                severity.as_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
            let number: f64 = number.and_then(|text| text.parse().ok()).unwrap_or_default();
            let (band, word) = match properties["severity"].as_str() {
                Some("critical") => (9.1..=10.0, "error"),
                Some("high") => (7.0..=8.9, "error"),
                Some("medium") => (4.0..=6.9, "warning"),
                _ => (0.1..=3.9, "note"),
            };
            self.must(band.contains(&number), &id, "security-severity");
            self.must(level == word, &id, "level and severity agree");
        }
        for relationship in list(&rule["relationships"]) {
            let target = &relationship["target"];
            let taxa = target["toolComponent"]["name"].as_str().and_then(|name| taxonomies.get(name));
            let known = taxa.zip(target["id"].as_str()).is_some_and(|(taxa, id)| taxa.contains(id));
            self.must(known, &id, "a relationship leads nowhere");
        }
    }

    fn invocations(&mut self, run: &Value, driver: &Value, rules: &[Value]) {
        let invocations = list(&run["invocations"]);
        let one = invocations.first().unwrap_or(&Value::Null);
        self.must(invocations.len() == 1 && one["executionSuccessful"] == true, &"run", "one successful invocation");
        for note in list(&one["toolExecutionNotifications"]) {
            let named = referenced(&note["descriptor"], list(&driver["notifications"]));
            self.must(named, &"notification", "its kind is described");
            let level = note["level"].as_str().unwrap_or_default();
            self.must(["error", "warning", "note"].contains(&level), &"notification", "level");
            self.must(is_line(&note["message"]["text"]), &"notification", "a message of one line");
            for location in list(&note["locations"]) {
                self.location(&"notification", location);
            }
        }
        for change in list(&one["ruleConfigurationOverrides"]) {
            self.must(referenced(&change["descriptor"], rules), &"override", "names a rule");
        }
    }

    fn result(
        &mut self,
        number: usize,
        result: &Value,
        rules: &[Value],
        identities: &mut BTreeSet<(String, String, String)>,
        said: &mut BTreeSet<String>,
    ) {
        let id = result["ruleId"].as_str().unwrap_or_default();
        let place = format!("result {number} ({id})");
        let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok());
        let rule = index.and_then(|index| rules.get(index));
        self.must(rule.is_some_and(|rule| rule["id"] == id), &place, "index and id name one rule");
        let level = result["level"].as_str().unwrap_or_default();
        let review = result["kind"] == "review";
        if self.readers == For::GitHub {
            self.must(result.get("kind").is_none(), &place, "whatever its kind, it becomes an alert");
            self.must(result.get("suppressions").is_none(), &place, "suppressed or not, it becomes an alert");
            self.must(["error", "warning", "note"].contains(&level), &place, "level");
        } else {
            self.must(result.get("kind").is_none() || review, &place, "kind");
            self.must(level == "none" || (!review && ["error", "warning", "note"].contains(&level)), &place, "level");
            for suppression in list(&result["suppressions"]) {
                let kind = suppression["kind"].as_str().unwrap_or_default();
                self.must(["inSource", "external"].contains(&kind), &place, "the kind of a suppression");
            }
        }
        for key in ["baselineState", "guid", "correlationGuid", "fingerprints"] {
            self.must(result.get(key).is_none(), &place, key);
        }
        self.message(&place, result);
        let locations = list(&result["locations"]);
        self.must(locations.len() == 1, &place, "one location");
        let related = list(&result["relatedLocations"]);
        self.must(related.len() <= MOST_RELATED, &place, "related locations");
        let steps: Vec<&Value> = list(&result["codeFlows"])
            .iter()
            .flat_map(|flow| list(&flow["threadFlows"]))
            .flat_map(|flow| list(&flow["locations"]))
            .map(|step| &step["location"])
            .collect();
        let is_path = steps.first() != steps.last() && steps.len() <= MOST_STEPS;
        self.must(result.get("codeFlows").is_none() || is_path, &place, "a flow leads from one place to another");
        for location in locations.iter().chain(related).chain(steps.iter().copied()) {
            self.location(&place, location);
        }
        for step in related.iter().chain(steps) {
            self.must(is_line(&step["message"]["text"]), &place, "each step says what it is");
        }
        let prints = &result["partialFingerprints"];
        let all_texts = prints.as_object().is_some_and(|prints| prints.values().all(Value::is_string));
        self.must(all_texts && filled(&prints["cfnwardResourcePath/v1"]), &place, "our fingerprint");
        let uri = &locations.first().unwrap_or(&Value::Null)["physicalLocation"]["artifactLocation"]["uri"];
        for key in ["cfnwardResourcePath/v1", "primaryLocationLineHash"] {
            let identity = prints[key].as_str().unwrap_or_default();
            self.must(!identity.is_empty(), &place, key);
            let whole = (id.to_owned(), format!("{key} {uri}"), identity.to_owned());
            self.must(identities.insert(whole), &place, "another result has its fingerprint");
        }
        let (line, at) = (prints["primaryLocationLineHash"].as_str().unwrap_or_default(), locations.first());
        let hash = line.split_once(':').filter(|(hash, count)| hash.len() <= 16 && count.parse::<u32>().is_ok());
        if let (Some(_), Some(at)) = (hash, at) {
            self.line_hash(&place, line, &at["physicalLocation"]);
        }
        let whole = format!("{id}{}{}", result["message"], at.unwrap_or(&Value::Null)["physicalLocation"]);
        self.must(said.insert(whole), &place, "another result says the same of the same place");
    }

    fn message(&mut self, place: &dyn Display, result: &Value) {
        let message = &result["message"];
        self.must(message.get("id").is_none() && is_line(&message["text"]), place, "a message of one line");
        let text = message["text"].as_str().unwrap_or_default();
        self.must(text.ends_with(['.', '?', '!']), place, "a message of sentences");
        let title = text.split(". ").next().unwrap_or_default();
        self.must(title.chars().count() <= 120, place, "a short first sentence");
        let resource = result["properties"]["resource"].as_str().unwrap_or_default();
        let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        // No logical id has a period in it; where a hostile one has, readers see another end of the sentence.
        let before = resource.split(". ").next().unwrap_or_default();
        let starts = words(before).chars().take(20).collect::<String>();
        self.must(words(title).contains(&starts), place, "the first sentence names the resource");
        let property = result["properties"]["property"].as_str().unwrap_or_default();
        let key = property.split(['.', '[', ']']).rfind(|word| word.contains(|c: char| !c.is_ascii_digit()));
        let named = key.is_none_or(|key| words(title).contains(&words(key).chars().take(20).collect::<String>()));
        let named = named || before != resource;
        self.must(named, place, "the first sentence names the property");
        let ids: BTreeSet<u64> =
            list(&result["relatedLocations"]).iter().filter_map(|one| one["id"].as_u64()).collect();
        self.must(ids.len() == list(&result["relatedLocations"]).len(), place, "related places have numbers");
        let plain = text.replace("\\\\", "").replace("\\[", "").replace("\\]", "");
        for link in plain.split("](").skip(1) {
            let id = link.split(')').next().and_then(|id| id.parse().ok());
            self.must(id.is_some_and(|id| ids.contains(&id)), place, "a link leads nowhere");
        }
        let links = plain.matches("](").count();
        self.must(links == ids.len(), place, "each related place is linked");
        self.must(plain.matches('[').count() == links, place, "brackets of the template make no link");
    }

    fn location(&mut self, place: &dyn Display, location: &Value) {
        let physical = &location["physicalLocation"];
        let uri = physical["artifactLocation"]["uri"].as_str().unwrap_or_default();
        self.must(!uri.is_empty(), place, "a location has a URI");
        let segments = || uri.split('/');
        self.must(!segments().any(|one| ["", ".", ".."].contains(&one)), place, "a URI is a plain relative path");
        let allowed = |c: char| c.is_ascii_alphanumeric() || "/-._~%".contains(c);
        let path = decoded(uri);
        self.must(uri.chars().all(allowed) && path.is_some(), place, "a URI is percent-encoded");
        let region = &physical["region"];
        let number = |key: &str| region[key].as_u64().filter(|number| *number > 0);
        let (Some(line), Some(column), Some(last_line), Some(last_column)) =
            (number("startLine"), number("startColumn"), number("endLine"), number("endColumn"))
        else {
            return self.must(false, place, "a region has four numbers");
        };
        let ends = (last_line, last_column) >= (line, column);
        self.must(ends && last_line - line < MOST_LINES, place, "a region has few lines");
        let path = path.unwrap_or_default();
        let Some(text) = self.text(&path) else { return self.must(false, place, &format!("no file {path:?}")) };
        let found = region_text(&text, (line, column), (last_line, last_column));
        let snippet = region["snippet"]["text"].as_str().unwrap_or_default();
        self.must(found.is_some(), place, "a region stands in its file");
        self.must(found.as_deref() == Some(snippet), place, &format!("{snippet:?} is not the region's {found:?}"));
    }

    fn line_hash(&mut self, place: &dyn Display, hash: &str, physical: &Value) {
        let path = decoded(physical["artifactLocation"]["uri"].as_str().unwrap_or_default()).unwrap_or_default();
        let line = physical["region"]["startLine"].as_u64().and_then(|line| usize::try_from(line).ok());
        let known = self.text(&path).map(|text| cfnward::text::line_hashes(&text));
        let right = known.zip(line).and_then(|(hashes, line)| hashes.get(line.checked_sub(1)?).cloned());
        self.must(right.as_deref() == Some(hash), place, "the upload action computes another hash");
    }

    fn text(&mut self, path: &str) -> Option<String> {
        if let Some(known) = self.cache.get(path) {
            return known.clone();
        }
        let text = (self.texts)(path);
        self.cache.insert(path.to_owned(), text.clone());
        text
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn filled(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn is_line(value: &Value) -> bool {
    filled(value) && !value.as_str().is_some_and(|text| text.contains(['\n', '\r']))
}

fn is_web(uri: &str) -> bool {
    uri.starts_with("https://") && !uri.contains(char::is_whitespace)
}

/// Whether a reference's number and id name one entry of a list.
fn referenced(reference: &Value, entries: &[Value]) -> bool {
    let index = reference["index"].as_u64().and_then(|index| usize::try_from(index).ok());
    index
        .and_then(|index| entries.get(index))
        .is_some_and(|entry| filled(&entry["id"]) && entry["id"] == reference["id"])
}

fn decoded(uri: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// The text of a region, columns in UTF-16 units, line breaks as they are.
fn region_text(text: &str, start: (u64, u64), end: (u64, u64)) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut starts = vec![0];
    for (at, c) in text.char_indices() {
        if c == '\n' || (c == '\r' && !text[at + 1..].starts_with('\n')) {
            starts.push(at + 1);
        }
    }
    let offset = |(line, column): (u64, u64)| {
        let index = usize::try_from(line - 1).ok()?;
        let first = *starts.get(index)?;
        let next = starts.get(index + 1).copied().unwrap_or(text.len());
        let line = text[first..next].trim_end_matches(['\n', '\r']);
        let mut units = 0;
        for (at, c) in line.char_indices() {
            if units == column - 1 {
                return Some(first + at);
            }
            units += c.len_utf16() as u64;
        }
        (units == column - 1).then_some(first + line.len())
    };
    text.get(offset(start)?..offset(end)?).map(str::to_owned)
}

/// Whether no object of a JSON text has a key twice.
fn keys_are_unique(text: &str) -> bool {
    struct Keys;
    impl<'de> serde::Deserialize<'de> for Keys {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(Self)
        }
    }
    impl<'de> serde::de::Visitor<'de> for Keys {
        type Value = Self;
        fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            out.write_str("JSON")
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
            Ok(Self)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
            Ok(Self)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
            Ok(Self)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
            Ok(Self)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self, E> {
            Ok(Self)
        }
        fn visit_unit<E>(self) -> Result<Self, E> {
            Ok(Self)
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
            while items.next_element::<Self>()?.is_some() {}
            Ok(Self)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
            let mut seen = BTreeSet::new();
            while let Some(key) = entries.next_key::<String>()? {
                if !seen.insert(key) {
                    return Err(serde::de::Error::custom("a key stands twice"));
                }
                entries.next_value::<Self>()?;
            }
            Ok(Self)
        }
    }
    serde_json::from_str::<Keys>(text).is_ok()
}
