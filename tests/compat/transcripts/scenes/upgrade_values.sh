helm install charts/note --name one --set text=first,pins=9
helm upgrade one charts/note --reuse-values --set text=second
helm get values one
helm upgrade one charts/note --set board.colour=red
helm get values one
helm upgrade one charts/note
helm get values one
helm upgrade one charts/note --reset-values --reuse-values
helm get values one
helm upgrade one charts/note --reuse-values --set text=null
helm get values one
helm get values one --all
