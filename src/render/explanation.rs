//! One rule, for a person.

use std::collections::BTreeMap;
use std::io;

use crate::diag::{Profile, RuleInfo};

use super::escape::{harmless, line};
use super::prose::wrapped;
use super::terminal::look;
use super::{Options, rule_page};

/// The most columns of a line, however wide the terminal is.
const LONGEST_LINE: usize = 100;
/// The most characters of a text of a rule.
const LONGEST_TEXT: usize = 4000;

/// Writes what a rule asks for, why, what to do, and examples. `defaults` has the values that its settings have when
/// nobody sets them, by name.
///
/// # Errors
/// Those of the writer.
pub fn explanation(
    info: &RuleInfo,
    defaults: &BTreeMap<String, String>,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = Page { out, options };
    let severity = look::severity(info.severity.as_str(), info.severity, options);
    let id = look::heading(&line(&info.id, LONGEST_TEXT), options);
    let category = match &*info.category {
        "" => String::new(),
        category => format!(", {}", line(category, LONGEST_TEXT)),
    };
    let pack = if info.profile == Profile::Strict { ", only in the pack `strict` and packs that name it" } else { "" };
    writeln!(page.out, "{id}  ({severity}{category}{pack})")?;
    page.paragraph("", &info.title)?;
    writeln!(page.out)?;
    page.section("Why", &info.why)?;
    page.section("What to do", &info.fix)?;
    page.example("Reported", info.bad_example.as_deref())?;
    page.example("Not reported", info.good_example.as_deref())?;
    let silence = format!("# cfnward: ignore[{}] why it is accepted", info.id);
    page.section("To accept it at one place, on its line or the one above", &silence)?;
    page.section("Judges", &info.resources.join(", "))?;
    let settings: Vec<String> = info
        .settings
        .iter()
        .map(|setting| match defaults.get(&*setting.name) {
            Some(default) => format!("{} = {default}: {}", setting.name, setting.meaning),
            None => format!("{}: {}", setting.name, setting.meaning),
        })
        .collect();
    page.section("Settings (in cfnward.toml, below [settings])", &settings.join("\n"))?;
    page.section("Controls", &info.controls.join(", "))?;
    let frameworks: Vec<String> =
        info.frameworks.iter().map(|one| format!("{}: {}", one.name, one.requirements.join(", "))).collect();
    page.section("Frameworks", &frameworks.join("\n"))?;
    page.section("Also known as", &info.aliases.join(", "))?;
    let mut links = info.links.to_vec();
    if info.page.is_some() {
        links.push(rule_page(info).into());
    }
    page.section("Read more", &links.join("\n"))
}

struct Page<'w> {
    out: &'w mut dyn io::Write,
    options: &'w Options,
}

impl Page<'_> {
    fn section(&mut self, title: &str, text: &str) -> io::Result<()> {
        if text.trim().is_empty() {
            return Ok(());
        }
        writeln!(self.out, "{}", look::heading(&format!("{title}:"), self.options))?;
        for paragraph in text.lines().filter(|line| !line.trim().is_empty()) {
            self.paragraph("  ", paragraph)?;
        }
        writeln!(self.out)
    }

    fn paragraph(&mut self, indent: &str, text: &str) -> io::Result<()> {
        let room = self.options.width.min(LONGEST_LINE).saturating_sub(indent.len()).max(20);
        for (number, one) in wrapped(&line(text, LONGEST_TEXT), room).lines().enumerate() {
            let one = match &self.options.links {
                Some(_) if number == 0 && text.starts_with("https://") => {
                    format!("\u{1b}]8;;{one}\u{1b}\\{one}\u{1b}]8;;\u{1b}\\")
                }
                _ => one.to_owned(),
            };
            writeln!(self.out, "{indent}{one}")?;
        }
        Ok(())
    }

    fn example(&mut self, title: &str, text: Option<&str>) -> io::Result<()> {
        let Some(text) = text else { return Ok(()) };
        writeln!(self.out, "{}", look::heading(&format!("{title}:"), self.options))?;
        let gutter = look::faint("  |", self.options);
        for one in text.lines() {
            writeln!(self.out, "{}", format!("{gutter} {}", harmless(one)).trim_end())?;
        }
        writeln!(self.out)
    }
}
