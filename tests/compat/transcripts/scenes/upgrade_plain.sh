helm upgrade one charts/note
helm install charts/note --name one
helm upgrade one charts/note --set text=new
helm status one
helm get one --revision 1
helm get values one --revision 2
helm get manifest one --revision 1
helm get notes one --revision 2
helm get hooks one --revision 1
helm status one --revision 1
helm get one --revision 9
helm status one --revision 9
helm upgrade
helm upgrade one
helm upgrade one none
helm upgrade one charts/note extra
