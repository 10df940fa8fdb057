//! The data by itself.

use misfire::event::Section;
use misfire::event::catalogue::{Catalogue, OriginRef, Reach, WireType};
use std::collections::HashSet;

/// Every start of the program pays for this; a bench has how much.
#[test]
fn the_bundled_data_is_well_formed() {
    Catalogue::load().expect("the bundled data is well formed");
}

/// A table that is new in the folder is not seen by the build until something
/// else changes.
#[test]
fn every_table_of_the_folder_is_in_the_program() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/event/catalogue/events");
    let tables = std::fs::read_dir(folder)
        .expect("the tables' folder")
        .count();
    // One table holds the fields that any provider's records have.
    assert_eq!(Catalogue::bundled().providers().count() + 1, tables);
}

#[test]
fn every_event_has_a_short_title_in_sentence_case() {
    for provider in Catalogue::bundled().providers() {
        for (id, event) in &provider.events {
            let title = event.title;
            let named = format!("{} {id}: `{title}`", provider.name);
            assert_eq!(title, title.trim(), "{named}");
            assert!((3..=60).contains(&title.len()), "{named}");
            assert!(title.starts_with(|c: char| c.is_uppercase()), "{named}");
            assert!(!title.ends_with('.'), "{named}");
        }
    }
}

#[test]
fn titles_tell_the_events_of_a_provider_apart() {
    for provider in Catalogue::bundled().providers() {
        let mut seen = HashSet::new();
        for (id, event) in &provider.events {
            assert!(
                seen.insert(event.title),
                "{} {id} has the title of another event",
                provider.name
            );
        }
    }
}

#[test]
fn every_channel_of_a_source_leads_back_to_it() {
    let catalogue = Catalogue::bundled();
    for source in catalogue.sources() {
        let Reach::Channels {
            channels,
            providers,
        } = &source.reach
        else {
            continue;
        };
        assert!(!channels.is_empty(), "{}", source.id);
        for channel in channels {
            let origin = OriginRef::EventLog {
                provider: "",
                channel: Some(&channel.to_uppercase()),
                event_id: 1,
            };
            let found = catalogue.source_of(origin).map(|source| &source.id);
            assert_eq!(found, Some(&source.id), "{channel}");
        }
        for provider in providers {
            let origin = OriginRef::EventLog {
                provider,
                channel: None,
                event_id: 1,
            };
            let found = catalogue.source_of(origin).map(|source| &source.id);
            assert_eq!(found, Some(&source.id), "{provider} without a channel");
        }
    }
}

#[test]
fn every_channel_of_a_provider_belongs_to_a_source() {
    let catalogue = Catalogue::bundled();
    for provider in catalogue.providers() {
        assert!(!provider.channels.is_empty(), "{}", provider.name);
        for channel in &provider.channels {
            let origin = OriginRef::EventLog {
                provider: provider.name,
                channel: Some(channel),
                event_id: 1,
            };
            assert!(catalogue.source_of(origin).is_some(), "{channel}");
        }
    }
}

#[test]
fn wire_type_names_read_back() {
    for wire_type in WireType::ALL {
        assert_eq!(WireType::from_name(&wire_type.to_string()), Some(wire_type));
    }
    assert_eq!(WireType::from_name("string"), None);
}

#[test]
fn section_names_read_back() {
    for section in Section::ALL {
        assert_eq!(section.to_string().parse(), Ok(section));
    }
    assert!("Eventdata".parse::<Section>().is_err());
}

#[test]
fn an_unknown_version_takes_the_nearest_below() {
    let catalogue = Catalogue::bundled();
    let security = "microsoft-windows-security-auditing";
    let versions = |version| {
        catalogue
            .event(security, 4688, version)
            .map(|schema| schema.versions.clone())
    };
    assert_eq!(versions(2), Some(vec![2]));
    assert_eq!(versions(9), Some(vec![2]));
    assert_eq!(versions(1), Some(vec![1]));
    assert_eq!(versions(0), Some(vec![1]));
    assert_eq!(catalogue.event(security, 1, 0), None);
    assert_eq!(catalogue.event("nobody", 4688, 0), None);
    assert_eq!(catalogue.title(security, 4688), Some("Process created"));
}

#[test]
fn field_names_come_once_and_in_the_same_order() {
    let first: Vec<_> = Catalogue::bundled().field_names().collect();
    let again = Catalogue::load().expect("the bundled data is well formed");
    assert_eq!(first, again.field_names().collect::<Vec<_>>());
    let distinct: HashSet<_> = first.iter().collect();
    assert_eq!(distinct.len(), first.len());
    assert_eq!(first[0], "Provider_Name");
    for name in ["Image", "Threat Name", "EventCode", "CommandLine"] {
        assert!(distinct.contains(&name), "{name}");
    }
}
