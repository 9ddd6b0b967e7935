"""The product: a county's clean-heating programme, from the list of households to the warm room."""
