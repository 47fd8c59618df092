"""The pages: each module gives the data of one, plain values that its template only lays out."""
