//! `cfnward completions` and `cfnward man`: made from the flags themselves, so that they never lag behind.

use std::fs;
use std::io::{self, Write};

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};

use crate::config::{FILE_NAME, KEYS};
use crate::rules::{Catalog, builtin_packs, did_you_mean, nearest};

use super::arguments::{self, Arguments};
use super::ending::Ending;
use super::output::{RunError, error, to_file, to_stdout, visible};

/// The section of the manual for programs.
const SECTION: &str = "1";

/// Writes what a shell needs to complete commands, flags, packs and rules.
pub(super) fn completions(arguments: &arguments::Completions) -> Result<Ending, RunError> {
    let mut command = with_names(Arguments::command());
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "cfnward", &mut script);
    to_stdout(|out| out.write_all(&script))?;
    Ok(Ending::Clean)
}

/// The command with the names of packs and rules as the values that can be typed.
fn with_names(command: Command) -> Command {
    let packs: Vec<String> = builtin_packs().into_iter().map(|pack| pack.name).collect();
    let rules: Vec<String> = Catalog::builtin().rules.iter().map(|rule| rule.info.id.to_string()).collect();
    let names: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        let explains = name == "explain";
        command.mut_subcommand(name, |subcommand| {
            subcommand.mut_args(|argument| match argument.get_id().as_str() {
                "pack" => argument.value_parser(PossibleValuesParser::new(packs.clone())),
                "skip_rule" => argument.value_parser(PossibleValuesParser::new(rules.clone())),
                "rule" if explains || argument.get_long() == Some("rule") => {
                    argument.value_parser(PossibleValuesParser::new(rules.clone()))
                }
                _ => argument,
            })
        })
    })
}

/// Writes pages of the manual.
pub(super) fn man(arguments: &arguments::Man) -> Result<Ending, RunError> {
    let pages = pages(Arguments::command())?;
    if let Some(folder) = &arguments.dir {
        fs::create_dir_all(folder)
            .map_err(|problem| error(format!("cannot make the folder `{}`: {problem}", folder.display())))?;
        for page in &pages {
            to_file(&folder.join(format!("{}.{SECTION}", page.name)), |out| out.write_all(&page.text))?;
        }
        let shown = visible(&folder.display().to_string());
        to_stdout(|out| writeln!(out, "wrote {} pages to {shown}", pages.len()))?;
        return Ok(Ending::Clean);
    }
    let wanted = match &arguments.command {
        Some(command) => format!("cfnward-{command}"),
        None => "cfnward".to_owned(),
    };
    let Some(page) = pages.iter().find(|page| page.name == wanted) else {
        let near = nearest(&wanted, pages.iter().map(|page| page.name.as_str()));
        let near: Vec<&str> = near.into_iter().filter_map(|name| name.strip_prefix("cfnward-")).collect();
        let command = arguments.command.as_deref().unwrap_or_default();
        return Err(error(format!("there is no command `{command}`{}", did_you_mean(&near))));
    };
    to_stdout(|out| out.write_all(&page.text))?;
    Ok(Ending::Clean)
}

/// A page of the manual.
struct Page {
    /// Its name, such as `cfnward-scan`.
    name: String,
    text: Vec<u8>,
}

/// The page of the program and those of its commands.
fn pages(mut program: Command) -> Result<Vec<Page>, RunError> {
    program = program.disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    let mut open = vec![("cfnward".to_owned(), &program)];
    while let Some((name, command)) = open.pop() {
        pages.push(page(command, &name)?);
        let below = command.get_subcommands().filter(|one| one.get_name() != "help");
        open.extend(below.map(|one| (format!("{name}-{}", one.get_name()), one)));
    }
    Ok(pages)
}

fn page(command: &Command, name: &str) -> Result<Page, RunError> {
    // What follows the flags in --help is made of lines of its own here: examples would be run together.
    let after = command.get_after_help().map(ToString::to_string);
    let plain = command.clone().name(name.to_owned()).after_help("").after_long_help("");
    let man = Man::new(plain)
        .title(name.to_uppercase())
        .section(SECTION)
        .source(concat!("cfnward ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    further_sections(after.as_deref().unwrap_or_default(), name == "cfnward", &mut text)?;
    Ok(Page { name: name.to_owned(), text })
}

fn further_sections(after: &str, whole_program: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut roff = Roff::new();
    // Blank lines part sections; a first line that ends with a colon is the heading of its section.
    for block in after.split("\n\n") {
        let (heading, lines) = match block.split_once('\n') {
            Some((first, rest)) if first.ends_with(':') => (first.trim_end_matches(':'), rest),
            _ => ("Notes", block),
        };
        if lines.trim().is_empty() {
            continue;
        }
        roff.control("SH", [heading.to_uppercase().as_str()]);
        if heading == "Notes" {
            roff.text([roman(lines.lines().map(str::trim).collect::<Vec<_>>().join(" "))]);
            continue;
        }
        roff.control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line.trim_start())]);
        }
        roff.control("fi", []);
    }
    if whole_program {
        files_and_environment(&mut roff);
    }
    roff.to_writer(&mut io::BufWriter::new(out))
}

fn files_and_environment(roff: &mut Roff) {
    let term = |roff: &mut Roff, name: &str, meaning: Vec<Inline>| {
        roff.control("TP", []);
        roff.text([bold(name)]);
        roff.text(meaning);
    };
    roff.control("SH", ["FILES"]);
    let keys: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    let meaning = format!("The configuration, in the current folder or one above. Its keys: {}.", keys.join(", "));
    term(roff, FILE_NAME, vec![roman(meaning)]);
    roff.control("SH", ["ENVIRONMENT"]);
    term(roff, "NO_COLOR", vec![roman("No colours and styles, when set to anything.")]);
    term(
        roff,
        "CLICOLOR_FORCE",
        vec![roman("Colours and styles even when nobody is looking, when set to anything but 0.")],
    );
    term(roff, "CLICOLOR", vec![roman("No colours and styles, when set to 0.")]);
}
