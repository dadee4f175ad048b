"""The invented events, by subject. Every name, address and victim in them is fictional."""
