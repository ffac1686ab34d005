//! Variables: what a name stands for, and what is remembered of it.
//!
//! A variable is worked out when it is first read. Keys that are captured under its name before that hide it, keys
//! that are captured later are added. So what it stands for hangs on what was evaluated before, and where that hangs on
//! an unknown, both are possible.

use std::cell::RefCell;
use std::rc::Rc;

use super::evaluator::{Evaluator, Names, Results, Scope};
use super::item::{Found, Item};
use super::outcome::Interrupt;
use super::program::{Let, NamedSymbol, Operand, Query, Symbol};
use super::statuses::Hinges;
use crate::text::Span;

/// What is remembered of a variable.
#[derive(Default)]
pub(super) struct Memo<'p, 'a> {
    /// It is being worked out.
    pub(super) running: bool,
    /// What it came to, or the keys that were captured under its name.
    results: Option<Results<'p, 'a>>,
    /// Working it out may have met what an operation does not support.
    doubt: Option<Hinges>,
    /// There may be nothing to remember yet, and what it comes to hangs on when it is worked out.
    unset: Option<Hinges>,
    /// What it comes to hangs on when it is worked out, or working it out captures keys.
    stirs: bool,
}

/// Where a variable is remembered.
#[derive(Clone, Copy)]
enum Place<'s, 'p, 'a> {
    File(Symbol),
    Block(&'s RefCell<Vec<(Symbol, Memo<'p, 'a>)>>, usize),
}

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// The results of a variable as `scope` sees it.
    pub(super) fn variable(
        &mut self,
        variable: &'p NamedSymbol,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Results<'p, 'a>, Interrupt> {
        let results = self.look_up(variable, scope)?;
        self.passed(results.len());
        self.doubt_results(&results);
        Ok(results)
    }

    /// Remembers results that may have been an error instead.
    pub(super) fn doubt_results(&mut self, results: &[Found<'p, 'a>]) {
        for found in results.iter().filter(|found| found.doubtful) {
            self.unsupported = Some(self.unsupported.unwrap_or_default().union(found.hinges));
        }
    }

    fn look_up(&mut self, variable: &'p NamedSymbol, scope: &Scope<'_, 'p, 'a>) -> Result<Results<'p, 'a>, Interrupt> {
        let symbol = variable.symbol;
        let mut current = Some(scope);
        while let Some(here) = current {
            match &here.names {
                Names::None => {}
                Names::Arguments(arguments) => {
                    if let Some((_, results)) = arguments.iter().find(|(name, _)| *name == symbol) {
                        return Ok(Rc::clone(results));
                    }
                }
                Names::Lets(lets, memos) => {
                    if let Some(each) = lets.iter().find(|each| each.symbol == symbol) {
                        return self.block_variable(variable, each, memos, here);
                    }
                }
            }
            current = here.parent;
        }
        self.file_variable(variable)
    }

    fn block_variable(
        &mut self,
        variable: &'p NamedSymbol,
        each: &'p Let,
        memos: &RefCell<Vec<(Symbol, Memo<'p, 'a>)>>,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Results<'p, 'a>, Interrupt> {
        let known = memos.borrow().iter().position(|(symbol, _)| *symbol == each.symbol);
        let at = known.unwrap_or_else(|| {
            let mut memos = memos.borrow_mut();
            memos.push((each.symbol, Memo::default()));
            memos.len() - 1
        });
        self.remembered(variable, Some(each), scope, Place::Block(memos, at))
    }

    fn file_variable(&mut self, variable: &'p NamedSymbol) -> Result<Results<'p, 'a>, Interrupt> {
        let each = self.program.lets.iter().find(|each| each.symbol == variable.symbol);
        // A literal is never hidden by keys that were captured under its name; what must be evaluated is.
        if let Some(Let { value: Operand::Literal(constant), .. }) = each {
            return Ok(Rc::new(vec![Found::literal(constant)]));
        }
        let scope = Scope { parent: None, root: Item::Node(self.root), names: Names::None, passing: false };
        self.remembered(variable, each, &scope, Place::File(variable.symbol))
    }

    /// What is remembered of a variable, or else what it comes to now. Where it is not sure that there is something to
    /// remember, both.
    fn remembered(
        &mut self,
        variable: &'p NamedSymbol,
        each: Option<&'p Let>,
        scope: &Scope<'_, 'p, 'a>,
        place: Place<'_, 'p, 'a>,
    ) -> Result<Results<'p, 'a>, Interrupt> {
        let earlier = self.exchange(place, Memo { running: true, ..Memo::default() });
        self.stirred |= earlier.stirs;
        let each = match (&earlier.results, each) {
            (Some(results), each) if earlier.unset.is_none() || earlier.running || each.is_none() => {
                let results = Rc::clone(results);
                self.also_unsupported(earlier.doubt);
                self.exchange(place, earlier);
                return Ok(results);
            }
            (None, Some(_)) if earlier.running => {
                self.exchange(place, earlier);
                return Err(circle(variable));
            }
            (_, Some(each)) => each,
            (_, None) => {
                self.exchange(place, earlier);
                let message = format!("the variable `%{}` is not defined", variable.name);
                return Err(Interrupt::error(message, variable.span));
            }
        };
        let before = std::mem::replace(&mut self.stirred, false);
        let perhaps = earlier.results.as_ref().and(earlier.unset);
        let result = self.conditionally(perhaps, |this| this.doubted(|this| this.value_of_let(each, scope)));
        let stirs = self.stirred || matches!(place, Place::File(symbol) if self.program.captured.contains(&symbol));
        self.stirred = before || stirs;
        let captured = self.exchange(place, Memo::default());
        match result {
            Ok((results, doubt)) => {
                let all = Rc::new(self.either(&earlier, results, each.span)?);
                let mut memo = Memo { results: Some(Rc::clone(&all)), doubt, stirs, ..Memo::default() };
                if stirs {
                    memo.unset = self.perhaps_not();
                    if let (Some(doubt), Some(captured)) = (doubt, &captured.results) {
                        // What was captured before an error stays.
                        let mut all = all.to_vec();
                        captured.iter().for_each(|found| add(&mut all, found.perhaps(doubt)));
                        memo.results = Some(Rc::new(all));
                    }
                }
                self.exchange(place, memo);
                Ok(all)
            }
            Err(Interrupt::Unsupported(_)) if self.newer() && perhaps.is_some() => {
                // An error only where nothing was remembered.
                self.also_unsupported(perhaps);
                let known = Rc::new(self.either(&earlier, Vec::new(), each.span)?);
                let captured = captured.results.iter().flat_map(|found| found.iter().copied()).collect();
                let results = Some(Rc::new(self.either(&earlier, captured, each.span)?));
                self.exchange(place, Memo { results, stirs, unset: perhaps, ..Memo::default() });
                Ok(known)
            }
            Err(interrupt) => {
                // The newer dialect may go on after an error, and meets it again unless keys were captured on the way.
                let memo = if captured.results.is_some() { captured } else { earlier };
                self.exchange(place, Memo { running: false, stirs, ..memo });
                Err(interrupt)
            }
        }
    }

    /// What was found earlier, if it was, or what was found now.
    fn either(
        &mut self,
        earlier: &Memo<'p, 'a>,
        now: Vec<Found<'p, 'a>>,
        span: Span,
    ) -> Result<Vec<Found<'p, 'a>>, Interrupt> {
        let (Some(results), Some(hinges)) = (&earlier.results, earlier.unset) else { return Ok(now) };
        let mut all: Vec<Found<'p, 'a>> = results.iter().map(|found| found.perhaps(hinges)).collect();
        for found in now {
            self.step(span)?;
            add(&mut all, found.perhaps(hinges));
        }
        Ok(all)
    }

    fn exchange(&mut self, place: Place<'_, 'p, 'a>, memo: Memo<'p, 'a>) -> Memo<'p, 'a> {
        match place {
            Place::File(symbol) => {
                let slot = usize::try_from(symbol.0).ok().and_then(|slot| self.file.get_mut(slot));
                slot.map_or_else(Memo::default, |slot| std::mem::replace(slot, memo))
            }
            Place::Block(memos, at) => match memos.borrow_mut().get_mut(at) {
                Some((_, slot)) => std::mem::replace(slot, memo),
                None => Memo::default(),
            },
        }
    }

    fn value_of_let(&mut self, each: &'p Let, scope: &Scope<'_, 'p, 'a>) -> Result<Vec<Found<'p, 'a>>, Interrupt> {
        self.deeper(each.span, |evaluator| {
            let mut results = evaluator.operand(&each.value, scope)?;
            if let Operand::Query(Query { some: true, .. }) = &each.value {
                results.retain(|found| found.missing.is_none() && !found.literal);
                for found in &mut results {
                    // What may lead nowhere may be dropped.
                    found.maybe |= found.open;
                    found.open = false;
                }
            }
            Ok(results)
        })
    }

    /// Adds a key to the variable that captures it, for the rest of the file.
    pub(super) fn capture(&mut self, symbol: Symbol, key: Found<'p, 'a>) {
        self.stirred = true;
        let mut key = Found { many: key.many || self.repeated, ..key };
        if let Some(hinges) = self.perhaps_not() {
            key = key.perhaps(hinges);
        }
        let slot = usize::try_from(symbol.0).unwrap_or(usize::MAX);
        let captured = self.file.get(slot).and_then(|memo| memo.results.as_ref());
        self.passed(captured.map_or(0, |results| results.len()));
        let Some(memo) = self.file.get_mut(slot) else { return };
        match &mut memo.results {
            Some(results) => {
                let results = Rc::make_mut(results);
                if let Some(hinges) = memo.unset {
                    results.iter_mut().for_each(|found| *found = found.perhaps(hinges));
                }
                if key.maybe && self.rehearsing {
                    add(results, key);
                } else {
                    results.push(key);
                }
            }
            results => {
                memo.unset = Some(key.hinges);
                *results = Some(Rc::new(vec![key]));
            }
        }
        if !key.maybe {
            memo.unset = None;
        }
    }
}

/// How many results are looked through for one that is the same.
const FEW: usize = 100;

/// Adds a result that may not be there. What is worked out again and again mostly comes to the same.
fn add<'p, 'a: 'p>(all: &mut Vec<Found<'p, 'a>>, found: Found<'p, 'a>) {
    match all.iter_mut().take(FEW).find(|each| each.is_like(&found)) {
        Some(each) => {
            let each = &mut *each;
            *each = Found { many: true, doubtful: each.doubtful || found.doubtful, ..each.perhaps(found.hinges) };
        }
        None => all.push(found),
    }
}

fn circle(variable: &NamedSymbol) -> Interrupt {
    Interrupt::error(format!("the variable `%{}` leads back to itself", variable.name), variable.span)
}
